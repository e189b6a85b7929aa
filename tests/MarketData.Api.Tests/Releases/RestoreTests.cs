using System.Net;
using System.Text.Json;
using Dapper;
using MarketData.Storage;
using MarketData.Storage.Schema;
using MarketData.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace MarketData.Api.Tests.Releases;

/// <summary>
/// Dumps of former releases (<c>make.sh</c> makes one), restored into an empty database, migrated and read by this build; and a dump of this
/// build, restored.
/// </summary>
public sealed class RestoreTests(PostgresServer server)
{
    private static readonly string Folder = Path.Combine(AppHostProcess.RepositoryRoot(), "tests", "MarketData.Api.Tests", "Releases");

    public static TheoryData<string> Releases =>
        [.. Directory.EnumerateFiles(Folder, "*.dump").Select(file => Path.GetFileNameWithoutExtension(file))];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Releases))]
    public async Task What_a_former_release_stored_is_there_after_the_migration(string release)
    {
        await using var database = await server.CreateEmptyDatabaseAsync(Cancellation);
        await database.RestoreAsync(Path.Combine(Folder, release + ".dump"), Cancellation);
        var before = await SeriesAsync(database);
        var runs = await RowsAsync(database, "SELECT job_id || ' ' || status FROM enrichment_history");
        var actions = await RowsAsync(database, "SELECT symbol || ' ' || ex_date FROM corporate_actions");
        before.Count.ShouldBeGreaterThan(3);
        runs.Count(run => run.EndsWith(" cancelled", StringComparison.Ordinal)).ShouldBe(1);

        await MigrateAsync(database);

        (await SeriesAsync(database)).ShouldBe(before);
        (await RowsAsync(database, "SELECT symbol || ' ' || ex_date FROM corporate_actions")).ShouldBe(actions);
        await using var api = await ApiApplication.StartAsync(database.ConnectionString);
        using var admin = api.With((await File.ReadAllTextAsync(Path.Combine(Folder, release + ".key"), Cancellation)).Trim());
        foreach (var (symbol, timeframe, count, _) in before)
            (await TextAsync(admin, $"/api/v1/historical/{symbol}?timeframe={timeframe}&format=csv")).TrimEnd().Split('\n').Length.ShouldBe((int)count + 1);
        var history = await admin.FetchAsync("/api/v1/enrichment/history?limit=100").JsonAsync();
        history.GetProperty("items").EnumerateArray().Select(run => $"{run.GetProperty("job_id").GetString()} {run.GetProperty("status").GetString()}")
            .ShouldBe(runs, ignoreOrder: true);
        var keys = await admin.FetchAsync("/api/v1/admin/api-keys").JsonAsync();
        keys.GetProperty("items").EnumerateArray().Select(key => (key.GetProperty("name").GetString(), key.GetProperty("revoked_at").ValueKind != JsonValueKind.Null))
            .ShouldBe([("of the release", false), ("revoked", true)], ignoreOrder: true);
        (await TextAsync(admin, "/api/v1/corporate-actions/JPM")).ShouldContain("1.25");
    }

    [Fact]
    public async Task What_is_dumped_is_the_same_where_it_is_restored_and_work_goes_on_there()
    {
        await using var original = await server.CreateEmptyDatabaseAsync(Cancellation);
        await original.RestoreAsync(Path.Combine(Folder, Releases.Max(row => row.Data)! + ".dump"), Cancellation);
        await MigrateAsync(original);
        await using var restored = await server.CreateEmptyDatabaseAsync(Cancellation);
        var file = Path.GetTempFileName();
        await original.DumpAsync(file, Cancellation);
        await restored.RestoreAsync(file, Cancellation);
        File.Delete(file);

        var tables = await TablesAsync(original);
        tables.Count.ShouldBeGreaterThan(25);
        (await TablesAsync(restored)).ShouldBe(tables);
        (await SeriesAsync(restored)).ShouldBe(await SeriesAsync(original));
        (await ApiCommand.RunAsync(restored.ConnectionString, "migrate")).Output.ShouldStartWith("The schema is up to date");

        await using var simulator = await ServiceProcess.StartAsync("MarketData.Simulator", "/health", new Dictionary<string, string?>(), Cancellation);
        await using var node = await ServiceProcess.StartAsync(
            "MarketData.Enrichment", "/health", new Dictionary<string, string?>
            {
                ["ConnectionStrings:marketdata"] = restored.ConnectionString,
                ["Providers:BaseUrl"] = simulator.Client.BaseAddress!.ToString().TrimEnd('/'),
                ["Providers:Polygon:ApiKey"] = "test",
            },
            Cancellation);
        await using var api = await ApiApplication.StartAsync(restored.ConnectionString);
        using var admin = api.With((await File.ReadAllTextAsync(Path.Combine(Folder, Releases.Max(row => row.Data)! + ".key"), Cancellation)).Trim());
        var run = await admin.PostAsync(new Uri("/api/v1/enrichment/trigger?symbols=NVDA", UriKind.Relative), null, Cancellation);
        run.StatusCode.ShouldBe(HttpStatusCode.Accepted, await run.Content.ReadAsStringAsync(Cancellation));
        await Eventually.BecomesAsync(
            async () => (await RowsAsync(restored, "SELECT status FROM enrichment_history WHERE symbols_total = 1 ORDER BY started_at DESC LIMIT 1"))[0] == "completed",
            TimeSpan.FromMinutes(2), Cancellation);
    }

    private static Task<MigrationResult> MigrateAsync(TestDatabase database) =>
        new DatabaseMigrator(NullLogger<DatabaseMigrator>.Instance, TimeProvider.System).MigrateAsync(database.ConnectionString, Cancellation);

    // Every candle, whatever the tables beneath are.
    private static async Task<List<(string Symbol, string Timeframe, long Count, string Sum)>> SeriesAsync(TestDatabase database)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync(Cancellation);
        return (await connection.QueryAsync<(string, string, long, string)>("""
            SELECT symbol, timeframe, count(*), md5(string_agg(concat_ws(' ', ts, open, high, low, close, volume, source), '|' ORDER BY ts))
            FROM candles GROUP BY symbol, timeframe ORDER BY 1, 2
            """)).AsList();
    }

    // Every row of every table, and where each sequence stands.
    private static async Task<List<string>> TablesAsync(TestDatabase database)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync(Cancellation);
        return (await connection.QueryAsync<string>("""
            SELECT c.relname || ' ' || (xpath('//c/text()', query_to_xml(format(
                'SELECT count(*) || '' '' || coalesce(md5(string_agg(t::text, ''|'' ORDER BY t::text)), '''') AS c FROM %I.%I t', n.nspname, c.relname),
                false, true, '')))[1]::text
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = 'public' AND c.relkind = 'r'
            UNION ALL SELECT sequencename || ' ' || coalesce(last_value, 0) FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1
            """)).AsList();
    }

    private static async Task<List<string>> RowsAsync(TestDatabase database, string sql)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync(Cancellation);
        return (await connection.QueryAsync<string>(sql)).Order(StringComparer.Ordinal).ToList();
    }

    private static async Task<string> TextAsync(HttpClient client, string path)
    {
        using var answer = await client.FetchAsync(path);
        var text = await answer.Content.ReadAsStringAsync(Cancellation);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return text;
    }
}
