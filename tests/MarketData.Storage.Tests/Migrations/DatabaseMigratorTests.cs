using Dapper;
using MarketData.Storage.Schema;
using MarketData.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace MarketData.Storage.Tests.Migrations;

public sealed class DatabaseMigratorTests(PostgresServer server) : IAsyncLifetime
{
    private TestDatabase _database = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await server.CreateEmptyDatabaseAsync(Cancellation);

    public async ValueTask DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task Several_nodes_may_start_at_once_and_each_script_runs_once()
    {
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => MigrateAsync()));
        await MigrateAsync();

        (await ScalarAsync<long>("SELECT count(*) - count(DISTINCT scriptname) FROM schema_versions")).ShouldBe(0);
        (await ScalarAsync<long>("SELECT count(*) FROM schema_versions")).ShouldBe(Scripts.Count());
        (await ScalarAsync<bool>("SELECT count(*) = 1 FROM scheduler_state")).ShouldBeTrue();
    }

    [Fact]
    public void Each_migration_has_a_number_of_its_own() => Scripts.Select(name => name.Split('.')[3].Split('_')[0]).ShouldBeUnique();

    [Fact]
    public async Task A_database_that_has_a_script_under_its_old_number_gets_it_once_more_and_is_as_a_new_one()
    {
        await MigrateAsync();
        var index = await ScalarAsync<string>("SELECT pg_get_indexdef('enrichment_history_completed'::regclass)");
        await ExecuteAsync("UPDATE schema_versions SET scriptname = replace(scriptname, '.0031_completed_runs', '.0030_completed_runs')");

        await MigrateAsync();

        (await ScalarAsync<string>("SELECT string_agg(split_part(scriptname, '.', 4), ' ' ORDER BY 1) FROM schema_versions WHERE scriptname LIKE '%completed_runs%'"))
            .ShouldBe("0030_completed_runs 0031_completed_runs");
        (await ScalarAsync<string>("SELECT pg_get_indexdef('enrichment_history_completed'::regclass)")).ShouldBe(index);
        (await ScalarAsync<long>("SELECT count(*) FROM pg_indexes WHERE indexdef LIKE '%(completed_at)%' AND tablename = 'enrichment_history'")).ShouldBe(1);
    }

    [Fact]
    public async Task A_node_starts_while_another_is_stalled_within_a_transaction()
    {
        await MigrateAsync();
        await using var stalled = await _database.DataSource.OpenConnectionAsync(Cancellation);
        await using var transaction = await stalled.BeginTransactionAsync(Cancellation);
        await stalled.ExecuteAsync("INSERT INTO symbols (symbol, asset_class, timeframes) VALUES ('A', 'stock', '{1d}'); DELETE FROM bars_1d; DELETE FROM latest_features");

        await MigrateAsync().WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
    }

    [Fact]
    public async Task A_migration_lets_others_pass_while_a_long_reader_holds_up_what_it_has_to_change()
    {
        await FormerSchema.CreateAsync(_database, "0112", Cancellation);
        await using var reader = await _database.DataSource.OpenConnectionAsync(Cancellation);
        await using var reading = await reader.BeginTransactionAsync(Cancellation);
        await reader.ExecuteAsync("SELECT count(*) FROM enrichment_jobs", transaction: reading);

        var migration = new DatabaseMigrator(NullLogger<DatabaseMigrator>.Instance, TimeProvider.System) { LockTimeout = TimeSpan.FromMilliseconds(200) }
            .MigrateAsync(_database.ConnectionString, Cancellation);
        await Eventually.BecomesAsync(
            () => ScalarAsync<bool>("SELECT EXISTS (SELECT FROM pg_locks WHERE relation = 'enrichment_jobs'::regclass AND NOT granted)"),
            TimeSpan.FromMinutes(1), Cancellation);
        (await ScalarAsync<long>("SELECT count(*) FROM enrichment_jobs")).ShouldBe(0);
        migration.IsCompleted.ShouldBeFalse();

        await reading.RollbackAsync(Cancellation);
        (await migration).Applied.ShouldContain("0112_run_timelines");
    }

    [Fact]
    public async Task A_migration_that_fails_changes_nothing_and_is_named()
    {
        // A table of another application stands in the way of the second script.
        await ExecuteAsync("CREATE TABLE enrichment_history (id integer)");
        var failure = await Should.ThrowAsync<InvalidOperationException>(MigrateAsync);

        failure.Message.ShouldContain("0002_enrichment.sql");
        failure.Message.ShouldContain("already exists");
        (await ScalarAsync<bool>("SELECT to_regclass('symbols') IS NULL AND to_regclass('candles') IS NULL")).ShouldBeTrue();
        await ExecuteAsync("DROP TABLE enrichment_history");
        await MigrateAsync();
        (await ScalarAsync<bool>("SELECT to_regclass('candles') IS NOT NULL")).ShouldBeTrue();
    }

    [Theory]
    [InlineData("UTC")]
    [InlineData("America/New_York")]
    [InlineData("Asia/Kolkata")]
    public async Task Partitions_begin_at_midnight_UTC_wherever_the_server_lives(string zone)
    {
        await MigrateAsync();
        Assert.SkipWhen(await _database.HasTimescaleAsync(Cancellation), "TimescaleDB makes its chunks by itself.");
        await ExecuteAsync($"SET timezone = '{zone}'; SELECT ensure_bar_partitions('5m', '2025-12-31 23:55Z', '2026-04-01 00:00Z')");
        (await ScalarAsync<long>("SELECT count(*) FROM pg_class WHERE relname ~ '^bars_5m_20' AND relkind = 'r'")).ShouldBe(5);
        foreach (var instant in (string[])["2025-12-31 23:55Z", "2026-01-01 00:00Z", "2026-02-28 23:55Z", "2026-03-01 00:00Z", "2026-03-31 23:55Z", "2026-04-01 00:00Z"])
        {
            await ExecuteAsync(
                $"INSERT INTO bars_5m (series_id, ts, open, high, low, close, volume, source, issues) VALUES (1, '{instant}', 1, 1, 1, 1, 1, 1, 0)");
        }

        (await ScalarAsync<string>("SELECT string_agg(tableoid::regclass::text, ' ' ORDER BY ts) FROM bars_5m")).ShouldBe(
            "bars_5m_2025_12 bars_5m_2026_01 bars_5m_2026_02 bars_5m_2026_03 bars_5m_2026_03 bars_5m_2026_04");
    }

    [Fact]
    public async Task Partitions_are_made_by_many_at_once_while_others_read_and_write()
    {
        await MigrateAsync();
        Assert.SkipWhen(await _database.HasTimescaleAsync(Cancellation), "TimescaleDB makes its chunks by itself.");
        await ExecuteAsync("SELECT ensure_bar_partitions('1d', '2020-01-01Z', '2020-01-02Z')");
        // A reader and writer of the parent that does not end: it must keep nobody from adding to it.
        await using var busy = await _database.DataSource.OpenConnectionAsync(Cancellation);
        await using var transaction = await busy.BeginTransactionAsync(Cancellation);
        await busy.ExecuteAsync("SELECT count(*) FROM bars_1d; LOCK TABLE bars_1d IN ROW EXCLUSIVE MODE", transaction: transaction);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ExecuteAsync("SELECT ensure_bar_partitions('1d', '1980-01-01Z', '2026-06-01Z')")));
        (await ScalarAsync<long>("SELECT count(*) FROM pg_class WHERE relname ~ '^bars_1d_' AND relkind = 'r'")).ShouldBe(5);
    }

    [Theory]
    [InlineData("2026-03-02 01:30Z", "2026-03-01 01:30Z", "0 30 1 * * ? 2026-03-02 01:30")]
    [InlineData("2026-03-02 01:30Z", null, "0 30 1 * * ? 2026-03-02 01:30")]
    [InlineData("2026-03-02 01:30Z", "2026-03-02 01:30Z", null)] // has had its run
    public async Task The_night_that_Quartz_had_yet_to_fire_is_taken_over_and_its_tables_go(string nextRun, string? lastRun, string? expected)
    {
        await MigrateAsync();
        // As it was before the schedules were the system's own.
        await ExecuteAsync(
            $"""
            DELETE FROM schema_versions WHERE scriptname LIKE '%schedules.sql';
            DROP TABLE schedules;
            ALTER TABLE scheduler_state ADD next_run timestamptz, ADD last_run timestamptz;
            UPDATE scheduler_state SET next_run = '{nextRun}', last_run = {(lastRun is null ? "NULL" : $"'{lastRun}'")};
            CREATE TABLE qrtz_job_details (job_name text PRIMARY KEY);
            CREATE TABLE qrtz_triggers (sched_name text, trigger_name text PRIMARY KEY, job_name text REFERENCES qrtz_job_details);
            CREATE TABLE qrtz_cron_triggers (sched_name text, trigger_name text REFERENCES qrtz_triggers, cron_expression text);
            INSERT INTO qrtz_job_details VALUES ('nightly'), ('gaps');
            INSERT INTO qrtz_triggers VALUES ('marketdata', 'nightly', 'nightly'), ('marketdata', 'gaps', 'gaps');
            INSERT INTO qrtz_cron_triggers VALUES ('marketdata', 'nightly', '0 30 1 * * ?'), ('marketdata', 'gaps', '0 15 * * * ?');
            """);

        await MigrateAsync();

        (await ScalarAsync<string>(
            """
            SELECT string_agg(expression || to_char(next_run AT TIME ZONE 'UTC', ' YYYY-MM-DD HH24:MI'), ',')
            FROM schedules WHERE name = 'nightly'
            """)).ShouldBe(expected);
        (await ScalarAsync<long>("SELECT count(*) FROM pg_class WHERE relname LIKE 'qrtz%'")).ShouldBe(0);
        (await ScalarAsync<long>("SELECT count(*) FROM information_schema.columns WHERE table_name = 'scheduler_state' AND column_name LIKE '%run'")).ShouldBe(0);
    }

    private static IEnumerable<string> Scripts =>
        typeof(DatabaseMigrator).Assembly.GetManifestResourceNames().Where(name => name.EndsWith(".sql", StringComparison.Ordinal));

    private Task<MigrationResult> MigrateAsync() =>
        new DatabaseMigrator(NullLogger<DatabaseMigrator>.Instance, TimeProvider.System).MigrateAsync(_database.ConnectionString, Cancellation);

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_database.ConnectionString);
        await connection.OpenAsync(Cancellation);
        await connection.ExecuteAsync(sql);
    }

    private async Task<T?> ScalarAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(_database.ConnectionString);
        await connection.OpenAsync(Cancellation);
        return await connection.ExecuteScalarAsync<T>(sql);
    }
}
