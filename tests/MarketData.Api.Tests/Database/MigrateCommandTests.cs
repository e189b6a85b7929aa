using System.Globalization;
using Dapper;
using MarketData.Api.Tests.Enrichment;
using MarketData.Storage;
using MarketData.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace MarketData.Api.Tests.Database;

public sealed class MigrateCommandTests(PostgresServer server) : IAsyncLifetime
{
    private static readonly TimeSpan WaitLimit = TimeSpan.FromMinutes(2);

    // Of a migration that was never run here.
    private const string Future = "INSERT INTO schema_versions (scriptname, applied) VALUES ('MarketData.Storage.Migrations.9999_future.sql', now())";

    private static readonly string[] Scripts =
        [.. typeof(DatabaseMigrator).Assembly.GetManifestResourceNames().Where(name => name.EndsWith(".sql", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    private TestDatabase _empty = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static string Newest => Number(Scripts[^1]);

    public async ValueTask InitializeAsync() => _empty = await server.CreateEmptyDatabaseAsync(Cancellation);

    public async ValueTask DisposeAsync() => await _empty.DisposeAsync();

    [Fact]
    public async Task It_says_each_migration_that_it_applies_and_the_second_time_that_there_is_none()
    {
        var (code, output, error) = await ApiCommand.RunAsync(_empty.ConnectionString, "migrate");

        (code, error).ShouldBe((0, ""));
        var lines = output.TrimEnd().Split('\n');
        lines.Count(line => line.StartsWith("Applied migration 0", StringComparison.Ordinal)).ShouldBe(Scripts.Length);
        lines.ShouldContain("Applied migration 0001_market_data");
        lines[^1].ShouldBe($"The schema is {Newest} now.");
        (await ApiCommand.RunAsync(_empty.ConnectionString, "migrate")).ShouldBe((0, $"The schema is up to date ({Newest}).{Environment.NewLine}", ""));
    }

    [Fact]
    public async Task It_sets_what_the_settings_say_of_the_database_and_a_later_one_changes_it()
    {
        (await ApiCommand.RunAsync(_empty.ConnectionString, "migrate", "--Storage:PartitionMonths:OneHour=3")).Code.ShouldBe(0);
        (await MonthsAsync("1h")).ShouldBe(3);
        (await ApiCommand.RunAsync(_empty.ConnectionString, "migrate", "--Storage:PartitionMonths:OneHour", "24")).Code.ShouldBe(0);
        (await MonthsAsync("1h")).ShouldBe(24);

        var (code, _, error) = await ApiCommand.RunAsync(_empty.ConnectionString, "migrate", "--Storage:CompressAfterDays=1");
        (code, error.TrimEnd()).ShouldBe((78, "Storage:CompressAfterDays must be 0, for never, or lie between 7 and 36500, and is 1."));
    }

    [Fact]
    public async Task A_migration_that_fails_is_said_in_one_sentence()
    {
        await _empty.ExecuteAsync("CREATE TABLE enrichment_history (id integer)");
        var (code, _, error) = await ApiCommand.RunAsync(_empty.ConnectionString, "migrate");
        code.ShouldBe(1);
        OneLine(error).ShouldContain("0002_enrichment.sql failed and changed nothing");
        (await ScalarAsync<bool>("SELECT to_regclass('symbols') IS NULL")).ShouldBeTrue();
    }

    [Theory]
    [InlineData("Database=nowhere_to_be_found", 1, "nowhere_to_be_found")]
    [InlineData("Password=wrong;Username=nobody_at_all", 1, "The database can't be used")]
    [InlineData("Databas=x", 78, "ConnectionStrings:marketdata is no connection string")]
    public async Task A_database_that_can_not_be_used_is_said_in_one_sentence(string change, int expected, string says)
    {
        var (code, output, error) = await ApiCommand.RunAsync($"{_empty.ConnectionString};{change}", "migrate");
        (code, output).ShouldBe((expected, ""));
        OneLine(error).ShouldContain(says);
    }

    [Fact]
    public async Task Without_a_connection_string_it_names_the_setting()
    {
        var folder = Directory.CreateTempSubdirectory("marketdata-migrate-");
        var (code, output, error) = await ApiCommand.RunInAsync(folder.FullName, null, "migrate");
        folder.Delete();
        (code, output).ShouldBe((78, ""));
        OneLine(error).ShouldStartWith("ConnectionStrings:marketdata is missing");
    }

    [Theory]
    [InlineData("migrat")]
    [InlineData("Migrate")]
    [InlineData("--Api:PageCacheBytes=1", "migrate")]
    [InlineData("serve", "--urls", "http://127.0.0.1:0")]
    [InlineData("--verbose")]
    [InlineData("migrate", "now")]
    [InlineData("migrate", "--dry-run")]
    [InlineData("migrate", "--Storage:CompressAfterDays", "7", "8")]
    public async Task What_is_not_understood_starts_nothing_and_shows_what_there_is(params string[] arguments)
    {
        var (code, output, error) = await ApiCommand.RunAsync(_empty.ConnectionString, arguments);
        (code, output).ShouldBe((64, ""));
        error.ShouldContain("migrate ");
        (await ScalarAsync<bool>("SELECT to_regclass('schema_versions') IS NULL")).ShouldBeTrue();
    }

    [Theory]
    [InlineData("keys", "--help")]
    [InlineData("migrate", "migrate", "--help")]
    public async Task Help_is_no_mistake(string says, params string[] arguments)
    {
        var (code, output, error) = await ApiCommand.RunAsync(null, arguments is [] ? ["--help"] : arguments);
        (code, error).ShouldBe((0, ""));
        output.ShouldContain(says);
    }

    [Fact]
    public async Task Two_at_once_apply_each_migration_once_and_both_succeed()
    {
        var results = await Task.WhenAll(
            ApiCommand.RunAsync(_empty.ConnectionString, "migrate"), ApiCommand.RunAsync(_empty.ConnectionString, "migrate"));
        results.ShouldAllBe(result => result.Code == 0 && result.Error == "");
        results.Sum(result => result.Output.Split('\n').Count(line => line.StartsWith("Applied", StringComparison.Ordinal))).ShouldBe(Scripts.Length);
    }

    [Fact]
    public async Task One_that_is_killed_in_the_middle_is_run_again()
    {
        await using var connection = new NpgsqlConnection(_empty.ConnectionString);
        await connection.OpenAsync(Cancellation);
        // The name is taken until this ends, and the migration waits to see.
        await using var transaction = await connection.BeginTransactionAsync(Cancellation);
        await connection.ExecuteAsync("CREATE TABLE enrichment_history (id integer)");
        using var process = ApiCommand.Start(Environment.CurrentDirectory, _empty.ConnectionString, "migrate");
        await Eventually.BecomesAsync(
            () => ScalarAsync<bool>("SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"),
            WaitLimit, Cancellation);
        process.Kill();
        await process.WaitForExitAsync(Cancellation);
        await transaction.RollbackAsync(Cancellation);

        (await ApiCommand.RunAsync(_empty.ConnectionString, "migrate")).Code.ShouldBe(0);
        (await ScalarAsync<long>("SELECT count(*) FROM schema_versions")).ShouldBe(Scripts.Length);
    }

    [Fact]
    public async Task In_production_the_service_waits_for_the_schema_and_works_when_it_is_there()
    {
        await using var api = ApiApplication.Start(_empty.ConnectionString);
        await SaysAsync(api, $"needs {Newest}, database has none: run migrate.");
        (await api.Client.FetchAsync("/health")).IsSuccessStatusCode.ShouldBeFalse();
        (await api.Client.FetchAsync("/api/v1/symbols").ProblemAsync(System.Net.HttpStatusCode.ServiceUnavailable)).ToString().ShouldContain("schema");
        (await ScalarAsync<bool>("SELECT to_regclass('schema_versions') IS NULL")).ShouldBeTrue();

        (await ApiCommand.RunAsync(_empty.ConnectionString, "migrate")).Code.ShouldBe(0);
        await Eventually.BecomesAsync(async () => (await api.Client.FetchAsync("/health")).IsSuccessStatusCode, WaitLimit, Cancellation);
        await api.Client.FetchAsync("/api/v1/symbols").JsonAsync();
    }

    [Fact]
    public async Task A_database_of_an_older_build_is_named_by_its_newest_migration()
    {
        await using var database = await server.CreateDatabaseAsync(Cancellation);
        await database.ExecuteAsync($"DELETE FROM schema_versions WHERE scriptname IN ('{Scripts[^1]}', '{Scripts[^2]}')");
        await using var api = ApiApplication.Start(database.ConnectionString);
        await SaysAsync(api, $"needs {Newest}, database has {Number(Scripts[^3])}: run migrate.");
    }

    [Fact]
    public async Task A_migration_that_was_left_out_and_a_feature_without_its_column_are_named()
    {
        await using var database = await server.CreateDatabaseAsync(Cancellation);
        await database.ExecuteAsync($"DELETE FROM schema_versions WHERE scriptname = '{Scripts[^2]}'; ALTER TABLE latest_features DROP COLUMN vwap");
        await using (var api = ApiApplication.Start(database.ConnectionString))
            await SaysAsync(api, $"database has {Newest} and lacks {SchemaName(Scripts[^2])}: run migrate.");
        await database.ExecuteAsync($"INSERT INTO schema_versions (scriptname, applied) VALUES ('{Scripts[^2]}', now())");
        await using (var api = ApiApplication.Start(database.ConnectionString))
            await SaysAsync(api, "and lacks the features vwap: run migrate.");

        (await ApiCommand.RunAsync(database.ConnectionString, "migrate")).Output.ShouldContain("Added columns for the features vwap");
    }

    [Fact]
    public async Task A_newer_database_serves_an_older_build_and_its_migrate_leaves_it_so()
    {
        await using var database = await server.CreateDatabaseAsync(Cancellation);
        await database.ExecuteAsync(Future);
        await using var api = await ApiApplication.StartAsync(database.ConnectionString);
        await api.Client.FetchAsync("/api/v1/symbols").JsonAsync();
        (await ApiCommand.RunAsync(database.ConnectionString, "migrate")).Output.ShouldContain("The schema is up to date (9999).");
    }

    [Theory]
    [InlineData("environment", "Development")]
    [InlineData("Database:MigrateAtStart", "true")]
    public async Task In_development_and_where_it_is_set_the_service_migrates_at_its_start(string name, string value)
    {
        await using var api = await ApiApplication.StartAsync(_empty.ConnectionString, (name, value), ("Storage:PartitionMonths:OneHour", "7"));
        (await ScalarAsync<long>("SELECT count(*) FROM schema_versions")).ShouldBe(Scripts.Length);
        (await MonthsAsync("1h")).ShouldBe(7);
    }

    private static Task SaysAsync(ApiApplication api, string what) => Eventually.BecomesAsync(
        async () =>
        {
            var health = await api.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(check => check.Name == "schema", Cancellation);
            return health.Entries["schema"] is { Status: HealthStatus.Unhealthy, Description: { } said } && said.Contains(what, StringComparison.Ordinal);
        },
        WaitLimit, Cancellation);

    private static string OneLine(string text)
    {
        var lines = text.TrimEnd().Split('\n');
        lines.Length.ShouldBe(1, text);
        return lines[0];
    }

    private static string SchemaName(string script) => script.Split('.')[^2];

    private static string Number(string script) => SchemaName(script).Split('_')[0];

    private Task<int> MonthsAsync(string timeframe) => ScalarAsync<int>(
        string.Create(CultureInfo.InvariantCulture, $"SELECT months FROM candle_partitioning WHERE timeframe = '{timeframe}'"))!;

    private async Task<T?> ScalarAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(_empty.ConnectionString);
        await connection.OpenAsync(Cancellation);
        return await connection.ExecuteScalarAsync<T>(sql);
    }
}
