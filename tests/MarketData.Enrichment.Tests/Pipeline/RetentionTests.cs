using MarketData.Enrichment.Scheduling;
using MarketData.Storage.Candles;
using MarketData.Storage.Schema;
using MarketData.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace MarketData.Enrichment.Tests.Pipeline;

/// <summary>What the hourly upkeep forgets, and what becomes of the rest.</summary>
public sealed class RetentionTests(PostgresServer server) : PipelineTests(server)
{
    private static readonly DateTime KeptFrom = MidSession.UtcDateTime.Date.AddDays(-60);

    [Fact]
    public async Task Old_candles_go_with_all_that_is_known_about_them_and_the_rest_stays_as_it_was()
    {
        await TrackAsync("AAPL", "stock", "1h", "1d");
        await EnrichLongHistoryAsync();
        const string remaining = "SELECT c::text FROM candles c WHERE timeframe = '1d' OR ts >= '2026-09-19Z' ORDER BY timeframe, ts";
        var before = await QueryAsync<string>(remaining);

        await KeepHoursAsync(60);

        (await QueryAsync<string>(remaining)).ShouldBe(before);
        (await QueryAsync<string>("SELECT c::text FROM candles c ORDER BY timeframe, ts")).ShouldBe(before);
        foreach (var (table, instant) in new[] { ("candles", "ts"), ("gaps", "gap_end"), ("rejected_candles", "ts"), ("data_quality_metrics", "metric_date") })
            (await ScalarAsync<long>($"SELECT count(*) FROM {table} WHERE timeframe = '1h' AND {instant} < @KeptFrom", new { KeptFrom })).ShouldBe(0, table);
        // Features are of the candles that are there, and the next run has the newest of them.
        var candles = await CandlesAsync("AAPL", "1h");
        var expected = ReferenceFeatures.Daily([.. candles.Select(candle => (candle.High, candle.Low, candle.Close, candle.Volume))]);
        foreach (var name in (string[])["ema_26", "obv", "rsi_14"])
            SymbolPipelineTests.Agree(name, expected[name], await FeatureAsync("AAPL", "1h", name));
        (await EnrichAsync("AAPL")).Status.ShouldBe("succeeded");
        (await ScalarAsync<double?>("SELECT ema_26 FROM latest_features WHERE timeframe = '1h'"))
            .ShouldBe((await FeatureAsync("AAPL", "1h", "ema_26", adjusted: true))[^1]);
        (await ScalarAsync<bool>(
            """
            SELECT records = (SELECT count(*) FROM candles WHERE timeframe = '1h') AND first_ts = (SELECT min(ts) FROM candles WHERE timeframe = '1h')
               AND expected_records >= records AND completeness > 0.99
            FROM series WHERE timeframe = '1h'
            """)).ShouldBeTrue();
        (await PartitionsAsync()).ShouldAllBe(until => until > KeptFrom);
    }

    [Fact]
    public async Task What_was_forgotten_is_not_fetched_again()
    {
        await TrackAsync("AAPL", "stock", "1h");
        await EnrichLongHistoryAsync();
        await KeepHoursAsync(60);
        const string stored = "SELECT ts FROM candles ORDER BY ts";
        var kept = await QueryAsync<DateTime>(stored);

        (await EnrichAsync("AAPL")).Inserted.ShouldBe(0);
        (await EnrichAsync("AAPL", KeptFrom.AddDays(-40), MidSession.UtcDateTime)).Status.ShouldBe("succeeded");
        (await EnrichAsync("AAPL", KeptFrom.AddDays(-40), KeptFrom.AddDays(-20))).Fetched.ShouldBe(0);

        (await QueryAsync<DateTime>(stored)).ShouldBe(kept);
        (await QueryAsync<string>("SELECT DISTINCT status FROM backfill_state")).ShouldBe(["completed"]);
    }

    [Fact]
    public async Task A_new_series_begins_where_its_retention_does()
    {
        await ConfigureAsync(("Enrichment:History:OneHour", "150"), ("Storage:Retention:OneHour", "60"));
        await TrackAsync("BTC-USD", "crypto", "1h");
        await EnrichAsync("BTC-USD");

        (await CandlesAsync("BTC-USD", "1h"))[0].Ts.ShouldBe(KeptFrom);
    }

    [Fact]
    public async Task A_partition_that_somebody_reads_stays_until_the_next_time()
    {
        await TrackAsync("AAPL", "stock", "1h");
        await EnrichLongHistoryAsync();
        await using (var reader = await Database.OpenConnectionAsync(Cancellation))
        await using (await reader.BeginTransactionAsync(Cancellation))
        {
            await using var read = new Npgsql.NpgsqlCommand("SELECT count(*) FROM candles", reader);
            await read.ExecuteScalarAsync(Cancellation);
            await KeepHoursAsync(60);
            (await PartitionsAsync()).ShouldContain(until => until <= KeptFrom);
        }

        await KeepHoursAsync(60);
        (await PartitionsAsync()).ShouldAllBe(until => until > KeptFrom);
    }

    [Fact]
    public async Task Records_of_past_work_go_by_their_age_but_the_newest_run_stays()
    {
        await TrackAsync("AAPL", "stock", "1d");
        await EnrichAsync("AAPL");
        var newest = (await EnrichAsync("AAPL")).Run;
        await ExecuteAsync("UPDATE enrichment_history SET completed_at = completed_at - interval '500 days'");
        await ExecuteAsync("UPDATE enrichment_fetch_log SET created_at = created_at - interval '91 days' WHERE job_id <> @newest", new { newest });
        await ExecuteAsync("UPDATE events SET created_at = created_at - interval '3 days'");

        await UpkeepAsync();

        (await QueryAsync<Guid>("SELECT job_id FROM enrichment_history")).ShouldBe([newest]);
        (await QueryAsync<Guid>("SELECT DISTINCT job_id FROM enrichment_jobs")).ShouldBe([newest]);
        (await QueryAsync<Guid>("SELECT DISTINCT job_id FROM enrichment_fetch_log")).ShouldBe([newest]);
        (await ScalarAsync<long>("SELECT count(*) FROM events")).ShouldBe(0);
        (await CandlesAsync("AAPL", "1d")).ShouldNotBeEmpty();
    }

    // More than one portion of each, beside a row that is young enough to stay.
    [Theory]
    [InlineData("events", "2 days", "INSERT INTO events (kind, payload, created_at) SELECT 'job', '{}', @at FROM generate_series(1, @rows)")]
    [InlineData("idempotency_keys", "1 day", "INSERT INTO idempotency_keys (key, caller, request_hash, created_at) SELECT i || @at::text, 'c', '\\x00', @at FROM generate_series(1, @rows) i")]
    [InlineData("enrichment_fetch_log", "90 days", "INSERT INTO enrichment_fetch_log (symbol, timeframe, source, success, created_at) SELECT 'AAPL', '1d', 'polygon', true, @at FROM generate_series(1, @rows)")]
    [InlineData("enrichment_compute_log", "90 days", "INSERT INTO enrichment_compute_log (symbol, timeframe, compute_type, success, created_at) SELECT 'AAPL', '1d', 'universal', true, @at FROM generate_series(1, @rows)")]
    [InlineData("provider_circuit_history", "90 days", "INSERT INTO provider_circuit_history (provider, node_id, from_state, to_state, changed_at) SELECT 'polygon', 'n', 'closed', 'open', @at FROM generate_series(1, @rows)")]
    [InlineData("provider_requests", "90 days", "INSERT INTO provider_requests (provider, minute, node_id, latencies) SELECT 'polygon', @at, 'n' || i, '{}' FROM generate_series(1, @rows) i")]
    [InlineData("enrichment_jobs", "400 days", JobsOfOneRun)]
    [InlineData("enrichment_job_attempts", "400 days", JobsOfOneRun)]
    [InlineData("enrichment_nodes", "1 day", "INSERT INTO enrichment_nodes (node_id, host, process_id, version, concurrency, started_at, heartbeat_at) SELECT i || @at::text, 'h', 1, 'v', 5, @at, @at FROM generate_series(1, @rows) i")]
    public async Task Every_record_of_past_work_is_forgotten_when_it_is_too_old(string table, string age, string insert)
    {
        await TrackAsync("AAPL", "stock", "1d");
        const int old = 10_001;
        await InsertAsync(old, "1 hour");
        await InsertAsync(1, "-1 hour");

        await UpkeepAsync();

        (await ScalarAsync<long>($"SELECT count(*) FROM {table}")).ShouldBe(1);

        async Task InsertAsync(int rows, string older)
        {
            var at = await ScalarAsync<DateTime>($"SELECT now() - interval '{age}' - interval '{older}'");
            await ExecuteAsync(insert, new { at, rows });
        }
    }

    private const string JobsOfOneRun = """
        WITH run AS (
            INSERT INTO enrichment_history (job_id, trigger, status, symbols_total, created_at, started_at, completed_at)
            SELECT gen_random_uuid(), 'manual', 'completed', @rows, @at, @at, @at RETURNING job_id),
        jobs AS (
            INSERT INTO enrichment_jobs (job_id, symbol, asset_class, timeframes, status, completed_at)
            SELECT job_id, 'S' || i, 'stock', '{1d}', 'succeeded', @at FROM run, generate_series(1, @rows) i RETURNING id)
        INSERT INTO enrichment_job_attempts (enrichment_job_id, attempt, node_id, started_at) SELECT id, 1, 'n', @at FROM jobs
        """;

    private async Task EnrichLongHistoryAsync()
    {
        // By months, so that there are some to go.
        await ConfigureAsync(("Enrichment:History:OneHour", "150"));
        await new CandleRetention(Database).PartitionByAsync(new PartitionOptions { OneHour = 1 }.ByInterval(), Cancellation);
        await EnrichAsync("AAPL");
    }

    private async Task KeepHoursAsync(int days)
    {
        await ConfigureAsync(("Enrichment:History:OneHour", "150"), ("Storage:Retention:OneHour", $"{days}"));
        await UpkeepAsync();
    }

    private Task UpkeepAsync() => Services.GetRequiredService<Upkeep>().RunAsync(Cancellation);

    // Where each of the parts ends in which the hours are.
    private async Task<IReadOnlyList<DateTime>> PartitionsAsync()
    {
        var ends = await QueryAsync<DateTime>("SELECT upper FROM candle_partition_bounds('bars_1h') ORDER BY 1");
        ends.ShouldNotBeEmpty();
        return ends;
    }
}
