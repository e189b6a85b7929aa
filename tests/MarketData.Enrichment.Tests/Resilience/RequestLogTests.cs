using System.Diagnostics.Metrics;
using System.Globalization;
using MarketData.Enrichment.Providers;
using MarketData.Enrichment.Resilience;
using MarketData.Enrichment.Tests.Pipeline;
using MarketData.Storage.Enrichment;
using MarketData.Storage.Schema;
using MarketData.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace MarketData.Enrichment.Tests.Resilience;

/// <summary>What is told of the requests to a provider, one by one.</summary>
public sealed class RequestLogTests(PostgresServer server) : PipelineTests(server)
{
    [Fact]
    public async Task Every_request_of_a_job_is_told_with_the_job_and_what_came_of_it()
    {
        await ConfigureAsync(("Providers:Polygon:ApiKey", "my-very-own-key"), ("Providers:Polygon:Resilience:RetryBaseDelay", "00:00:00.001"));
        await TrackAsync("AAPL", "stock", "1d");
        await FaultAsync(new { kind = "server_error", provider = "polygon", count = 1 });
        var job = await EnrichAsync("AAPL");
        job.Status.ShouldBe("succeeded");

        await WriteAsync([.. Services.GetServices<ProviderGate>()], Database);

        var rows = await QueryAsync<Row>(
            """
            SELECT provider, node_id, job_id, attempt, symbol, timeframe, method, address, status, failure, error, bytes, started_at, duration_ms
            FROM provider_request_log WHERE provider = 'polygon' ORDER BY id
            """);
        rows.ShouldAllBe(row => row.JobId == job.Run && row.Attempt == 1 && row.Symbol == "AAPL" && row.Timeframe == "1d" && row.Method == "GET");
        rows.ShouldContain(row => row.Status == 503 && row.Failure == "transient" && row.Error!.StartsWith("failed: HTTP 503"));
        rows.ShouldContain(row => row.Status == 200 && row.Failure == null && row.Error == null && row.Bytes > 100 && row.DurationMs > 0);
        var counts = Services.GetServices<ProviderGate>().Single(gate => gate.Provider == "polygon").TakeCounts();
        (counts.Sum(minute => minute.Sent), counts.Sum(minute => minute.Failed)).ShouldBe((rows.Count, 1));
        rows.ShouldAllBe(row => row.Address.StartsWith($"{SimulatorAddress}polygon/") && !row.Address.Contains("my-very-own-key"));
    }

    [Theory]
    [InlineData("refused", null, "unknown_symbol")]
    [InlineData("silent", null, "timeout")]
    [InlineData("given up", null, "cancelled")]
    [InlineData("unreachable", null, "transient")]
    [InlineData("cut", 200, "bad_answer")]
    [InlineData("nonsense", 200, "bad_answer")]
    public async Task What_came_of_nothing_says_why(string fate, int? status, string failure)
    {
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        await using var provider = await ScriptedProvider.StartAsync(async (context, _) =>
        {
            switch (fate)
            {
                case "refused":
                    context.Response.StatusCode = 404;
                    break;
                case "cut":
                    context.Response.ContentLength = 100;
                    // The server ends the connection, since there is no more of what was announced.
                    await context.Response.WriteAsync("{");
                    break;
                case "nonsense":
                    await context.Response.WriteAsync("<html>\0</html>");
                    break;
                case "given up":
                    await giveUp.CancelAsync();
                    goto case "silent";
                case "silent":
                    await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    break;
            }
        });
        await using var gate = Gate(fate == "silent" ? TimeSpan.FromMilliseconds(200) : TimeSpan.FromSeconds(30));
        using var http = new HttpClient { BaseAddress = fate == "unreachable" ? new Uri("http://user:word@127.0.0.1:9/") : provider.Address };
        var client = new ProviderClient(http, gate, TimeProvider.System).ForOneFetch("MSFT");

        await Should.ThrowAsync<Exception>(() => client.GetAsync(
            "bars/MSFT?apiKey=s3cr3t&page=2&crumb=s3cr3t&X-Amz-Signature=s3cr3t&access%5Ftoken=s3cr3t#s3cr3t",
            body => System.Text.Json.JsonDocument.Parse(body.ToArray()),
            giveUp.Token));
        await WriteAsync([gate], Database);

        var row = (await QueryAsync<Row>("SELECT * FROM provider_request_log")).ShouldHaveSingleItem();
        row.Status.ShouldBe(fate == "refused" ? 404 : status);
        row.Failure.ShouldBe(failure);
        row.Symbol.ShouldBe("MSFT");
        row.JobId.ShouldBeNull();
        row.Address.ShouldEndWith("bars/MSFT?apiKey=***&page=2&crumb=***&X-Amz-Signature=***&access_token=***");
        $"{row.Address} {row.Error}".ShouldNotContain("s3cr3t");
        row.Address.ShouldNotContain("word@");
    }

    [Fact]
    public async Task While_the_database_is_away_the_oldest_are_dropped_and_counted()
    {
        var dropped = 0L;
        using var listener = new MeterListener
        {
            InstrumentPublished = (published, own) =>
            {
                if (published.Name == "marketdata.provider.requests.not_logged" && published.Meter.Scope == Services.GetRequiredService<IMeterFactory>())
                    own.EnableMeasurementEvents(published);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => dropped += value);
        listener.Start();
        await using var gate = Gate(TimeSpan.FromSeconds(1));
        await using var away = NpgsqlDataSource.Create("Host=127.0.0.1;Port=9;Username=nobody;Database=none");
        using var writer = Writer([gate], away);
        LogMany(gate, 1);
        await writer.StartAsync(Cancellation);
        await writer.StopAsync(Cancellation);

        LogMany(gate, 2600);

        dropped.ShouldBe(600);
        await WriteAsync([gate], Database);
        (await ScalarAsync<string>("SELECT concat_ws(' ', count(*), min(symbol), max(symbol)) FROM provider_request_log")).ShouldBe("2000 S00601 S02600");
    }

    [Fact]
    public async Task There_are_no_more_of_a_provider_than_the_last_ones_and_another_s_stay()
    {
        await ExecuteAsync(
            """
            INSERT INTO provider_request_log (provider, node_id, method, address, started_at, duration_ms)
            SELECT p, 'node', 'GET', n::text, now(), 1 FROM generate_series(1, 20050) n, (VALUES ('polygon'), ('yahoo')) AS provider (p)
            WHERE p = 'polygon' OR n <= 10
            """);
        await using var gate = Gate(TimeSpan.FromSeconds(1));
        LogMany(gate, 3);

        await WriteAsync([gate], Database);

        (await QueryAsync<string>("SELECT provider || ' ' || count(*) FROM provider_request_log GROUP BY provider ORDER BY 1"))
            .ShouldBe(["polygon 20000", "yahoo 10"]);
        (await ScalarAsync<long>("SELECT count(*) FROM provider_request_log WHERE symbol IS NOT NULL")).ShouldBe(3);
    }

    private static void LogMany(ProviderGate gate, int requests)
    {
        for (var number = 1; number <= requests; number++)
        {
            gate.Log(new ProviderRequest
            {
                Method = "GET",
                Address = "http://host/",
                Symbol = $"S{number.ToString("00000", CultureInfo.InvariantCulture)}",
                StartedAt = DateTime.UtcNow,
                DurationMs = 1,
            });
        }
    }

    private static async Task WriteAsync(ProviderGate[] gates, NpgsqlDataSource database)
    {
        using var writer = Writer(gates, database);
        await writer.StartAsync(Cancellation);
        await writer.StopAsync(Cancellation);
    }

    private static RequestLogWriter Writer(ProviderGate[] gates, NpgsqlDataSource database)
    {
        var schema = new SchemaReadiness();
        schema.SetReady();
        return new RequestLogWriter(
            gates, new ProviderRequestStore(database), schema, new NodeIdentity("node-a"), TimeProvider.System, NullLogger<RequestLogWriter>.Instance);
    }

    private ProviderGate Gate(TimeSpan attemptTimeout) => new(
        "polygon",
        new ProviderResilienceOptions { MaxRetries = 0, AttemptTimeout = attemptTimeout, TotalTimeout = TimeSpan.FromMinutes(1) },
        null,
        new EnrichmentMetrics(Services.GetRequiredService<IMeterFactory>(), TimeProvider.System),
        new NodeIdentity("node-a"),
        TimeProvider.System);

    private sealed class Row
    {
        public string Address { get; set; } = "";

        public int? Attempt { get; set; }

        public long? Bytes { get; set; }

        public double DurationMs { get; set; }

        public string? Error { get; set; }

        public string? Failure { get; set; }

        public Guid? JobId { get; set; }

        public string Method { get; set; } = "";

        public int? Status { get; set; }

        public string? Symbol { get; set; }

        public string? Timeframe { get; set; }
    }
}
