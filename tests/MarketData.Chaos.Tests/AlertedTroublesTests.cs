using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using MarketData.Testing;
using MarketData.Testing.Tools;
using Npgsql;

namespace MarketData.Chaos.Tests;

/// <summary>
/// A database that can't be written to, in each way that there is, beside a node, an Api and a Prometheus with the repository's rules as they are:
/// health, verdict and alert have to tell within half a minute, and that it is over.
/// </summary>
public sealed class AlertedTroublesTests : ScenarioTests
{
    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Over = TimeSpan.FromMinutes(1);
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(5) };

    private ServiceProcess? _node;
    private ServiceProcess? _api;
    private Uri? _prometheus;

    [Fact(Explicit = true)]
    public async Task A_database_that_cannot_be_written_to_is_told_of_by_health_verdict_and_alert_within_half_a_minute()
    {
        Assert.SkipUnless(SmallDisk.IsPossible, SmallDisk.Impossible);
        Assert.SkipUnless(Tool.Find("prometheus") is not null, "Prometheus is not installed.");
        await using var postgres = await TestPostgres.StartNewAsync(Cancellation);
        await using var disk = await SmallDisk.MountAsync(128, Cancellation);
        var connectionString = await disk.CreateDatabaseAsync(postgres, Cancellation);
        await using var administration = NpgsqlDataSource.Create(connectionString);
        await using var world = await ChaosWorld.CreateAsync(connectionString);
        // The test's server does not wait for its disk, and so for no replica either, unless told to.
        var waiting = new NpgsqlConnectionStringBuilder(connectionString) { Options = "-c synchronous_commit=on" }.ConnectionString;
        (string, string)[] settings = [("ConnectionStrings:marketdata", waiting), ("DOTNET_ENVIRONMENT", "Development")];
        _node = await world.StartNodeAsync(settings);
        await using var api = await ServiceProcess.StartAsync(
            "MarketData.Api", "health", settings.Select(setting => KeyValuePair.Create(setting.Item1, setting.Item2)), Cancellation);
        _api = api;
        var folder = ScratchDirectory.Create("marketdata-prometheus-").FullName;
        await using (StartPrometheus(folder))
        {
            await BecomesAsync(async () => await ActiveAsync() is { Count: 0 } && await IsScrapedAsync(), Over);
            await SufferAsync("full", "The disk of the database is full.", () => Run(disk.Fill), () => Run(disk.Free));
            await SufferAsync(
                "read-only", "The database is read-only.",
                () => SetAsync(administration, "default_transaction_read_only", "on"), () => SetAsync(administration, "default_transaction_read_only", "off"));
            await SufferAsync(
                "slow", "The database takes too long to answer.",
                () => SetAsync(administration, "synchronous_standby_names", "'*'"), () => SetAsync(administration, "synchronous_standby_names", "''"));
            await SufferAsync("frozen", null, postgres.FreezeAsync, postgres.ThawAsync);
            await SufferAsync("killed", null, postgres.KillAsync, () => postgres.StartAsync(Cancellation));
        }

        Directory.Delete(folder, recursive: true);
    }

    // While the Api can't ask the database, that it can't is its verdict.
    private async Task SufferAsync(string name, string? words, Func<Task> begin, Func<Task> end)
    {
        await begin();
        var startedAt = Stopwatch.GetTimestamp();
        var told = await Task.WhenAll(
            AfterAsync(startedAt, async () => await StatusAsync(_node!, "health") != 200),
            AfterAsync(startedAt, async () => await VerdictAsync() is var verdict && (words is null ? verdict is null : verdict == words)),
            AfterAsync(startedAt, async () => (await ActiveAsync()).Any(alert => alert.StartsWith("Database", StringComparison.Ordinal))));
        await end();
        startedAt = Stopwatch.GetTimestamp();
        var over = await AfterAsync(
            startedAt, async () => await StatusAsync(_node!, "health") == 200 && await StatusAsync(_api!, "health") == 200 && await ActiveAsync() is { Count: 0 });

        Row.Did(string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: health {told[0].TotalSeconds:0} s, verdict {told[1].TotalSeconds:0} s, alert {told[2].TotalSeconds:0} s, over {over.TotalSeconds:0} s"));
        told.ShouldAllBe(time => time < Promised);
    }

    private static async Task<TimeSpan> AfterAsync(long startedAt, Func<Task<bool>> condition)
    {
        await BecomesAsync(condition, Over);
        return Stopwatch.GetElapsedTime(startedAt);
    }

    private static Task BecomesAsync(Func<Task<bool>> condition, TimeSpan within) => Eventually.BecomesAsync(condition, within, Cancellation);

    private static async Task<int> StatusAsync(ServiceProcess service, string path)
    {
        try
        {
            using var response = await Http.GetAsync(new Uri(service.Address, path), Cancellation);
            return (int)response.StatusCode;
        }
        catch (TaskCanceledException) when (!Cancellation.IsCancellationRequested)
        {
            return 0;
        }
    }

    /// <summary>The first of the verdict's reasons, its first sentence; null where the Api can't tell since it has no database.</summary>
    private async Task<string?> VerdictAsync()
    {
        using var response = await Http.GetAsync(new Uri(_api!.Address, "api/v1/enrichment/dashboard/health"), Cancellation);
        if (!response.IsSuccessStatusCode)
            return null;
        var health = await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        return health.GetProperty("reasons").EnumerateArray().Select(reason => reason.GetString()!).Select(reason => reason[..(reason.IndexOf('.') + 1)])
            .FirstOrDefault() ?? "";
    }

    private async Task<IReadOnlyList<string>> ActiveAsync()
    {
        var alerts = await Http.GetFromJsonAsync<JsonElement>(new Uri(_prometheus!, "api/v1/alerts"), Cancellation);
        return
        [
            .. alerts.GetProperty("data").GetProperty("alerts").EnumerateArray().Where(alert => alert.GetProperty("state").GetString() == "firing")
                .Select(alert => alert.GetProperty("labels").GetProperty("alertname").GetString()!),
        ];
    }

    private async Task<bool> IsScrapedAsync()
    {
        var query = Uri.EscapeDataString("count(marketdata_health_status{check=\"writes\"} == 1)");
        var answer = await Http.GetFromJsonAsync<JsonElement>(new Uri(_prometheus!, $"api/v1/query?query={query}"), Cancellation);
        var result = answer.GetProperty("data").GetProperty("result");
        return result.GetArrayLength() == 1 && result[0].GetProperty("value")[1].GetString() == "2";
    }

    private AppHostProcess StartPrometheus(string folder)
    {
        var sources = Path.Combine(AppHostProcess.RepositoryRoot(), "prometheus");
        foreach (var file in (string[])["prometheus.yml", "recording.yml", "alerts.yml"])
            File.Copy(Path.Combine(sources, file), Path.Combine(folder, file));
        Directory.CreateDirectory(Path.Combine(folder, "targets"));
        File.WriteAllText(
            Path.Combine(folder, "targets", "services.json"),
            $$"""
            [{ "targets": ["{{_node!.Address.Authority}}"], "labels": { "service": "enrichment" } },
             { "targets": ["{{_api!.Address.Authority}}"], "labels": { "service": "api" } }]
            """);
        _prometheus = new Uri(AppHostProcess.FreeAddress());
        return AppHostProcess.Start(
            Tool.Find("prometheus")!,
            [$"--config.file={folder}/prometheus.yml", $"--storage.tsdb.path={folder}/blocks", $"--web.listen-address={_prometheus.Authority}"]);
    }

    private static async Task SetAsync(NpgsqlDataSource server, string setting, string value)
    {
        await using var connection = await server.OpenConnectionAsync(Cancellation);
        foreach (var sql in (string[])[$"ALTER SYSTEM SET {setting} = {value}", "SELECT pg_reload_conf()"])
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync(Cancellation);
        }
    }

    private static Task Run(Action act)
    {
        act();
        return Task.CompletedTask;
    }
}
