using System.Text.RegularExpressions;
using MarketData.Enrichment.Scheduling;
using MarketData.Storage.Candles;
using MarketData.Storage.Enrichment;
using MarketData.Storage.Schema;
using MarketData.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace MarketData.Enrichment.Tests.Pipeline;

/// <summary>What the hourly upkeep forgets, and what becomes of the rest.</summary>
public sealed partial class RetentionTests(PostgresServer server) : PipelineTests(server)
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
    [MemberData(nameof(ByAge))]
    public async Task Every_record_of_past_work_is_forgotten_when_it_is_too_old(string table)
    {
        var (_, age, insert) = Aged.Single(record => record.Table == table);
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

    [Fact]
    public async Task The_page_on_retention_has_every_table_and_each_that_goes_by_age_is_seen_to()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(AppHostProcess.RepositoryRoot(), "docs", "retention.md"), Cancellation);
        const string tables = """
            SELECT DISTINCT regexp_replace(relname, '^(bars|microstructure)_.*', '\1_…') FROM pg_class c
            WHERE relkind IN ('r', 'p') AND NOT relispartition AND relnamespace = 'public'::regnamespace
            """;

        NamesIn(page).ShouldBe(await QueryAsync<string>(tables), ignoreOrder: true);
        // Bulk files go by the runs of BulkWork, and have their own tests.
        NamesIn(page[page.IndexOf("## By age", StringComparison.Ordinal)..page.IndexOf("## With the candles", StringComparison.Ordinal)])
            .Where(name => !name.StartsWith("bulk_", StringComparison.Ordinal)).ShouldBe(Aged.Select(record => record.Table), ignoreOrder: true);

        static IEnumerable<string> NamesIn(string text) => text.Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .SelectMany(line => TableName.Matches(line.Split('|')[1]).Select(match => match.Groups[1].Value));
    }

    [Fact]
    public async Task A_provider_that_sends_other_nonsense_every_night_fills_no_disk()
    {
        await TrackAsync("AAPL", "stock", "1d");
        const string reject = """
            INSERT INTO rejected_candles (symbol, timeframe, ts, open, source, reason, last_seen_at)
            SELECT @symbol, @timeframe, CASE WHEN i % 2 = 0 THEN now() END, -i, 'yahoo', 'negative_price', now() - i * interval '1 second'
            FROM generate_series(1, @rows) i
            """;
        await ExecuteAsync(reject, new { symbol = "AAPL", timeframe = "1d", rows = 25_000 });
        await ExecuteAsync(reject, new { symbol = "AAPL", timeframe = "1h", rows = 10_000 });
        await ExecuteAsync(reject, new { symbol = "MSFT", timeframe = "1d", rows = 3 });

        await UpkeepAsync();

        const string left = "SELECT symbol, timeframe, count(*), min(open) FROM rejected_candles GROUP BY 1, 2 ORDER BY 1, 2";
        (await QueryAsync<(string, string, long, double)>(left)).ShouldBe([("AAPL", "1d", 10_000, -10_000), ("AAPL", "1h", 10_000, -10_000), ("MSFT", "1d", 3, -3)]);
    }

    [Theory]
    [InlineData("cancelled", null, false)]
    [InlineData("failed", "permanent", false)]
    [InlineData("failed", "transient", true)]
    public async Task A_backfill_that_has_ended_is_not_gone_on_with_when_its_run_is_forgotten(string status, string? kind, bool isOpen)
    {
        await TrackAsync("AAPL", "stock", "1d");
        var from = new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        const string ended = """
            INSERT INTO enrichment_history (job_id, trigger, status, created_at, started_at, completed_at)
            VALUES (@run, 'backfill', 'failed', @at, @at, @at);
            INSERT INTO enrichment_jobs (job_id, symbol, asset_class, timeframes, range_from, range_to, status, error_kind, completed_at)
            VALUES (@run, 'AAPL', 'stock', '{1d}', @from, @to, @status, @kind, @at);
            INSERT INTO backfill_state (symbol, timeframe, start_date, end_date, status, job_id, updated_at)
            VALUES ('AAPL', '1d', @from, @to, 'failed', @run, @at);
            """;
        await ExecuteAsync(ended, new { run = Guid.NewGuid(), from, to = from.AddYears(1), status, kind, at = DateTime.UtcNow.AddDays(-401) });
        await EnrichAsync("AAPL");
        var store = new BackfillStore(Database);
        var before = (await store.OpenAsync("AAPL", "1d", Cancellation)).Count;

        await UpkeepAsync();

        (await ScalarAsync<long>("SELECT count(*) FROM enrichment_jobs WHERE range_from IS NOT NULL")).ShouldBe(0);
        (await store.OpenAsync("AAPL", "1d", Cancellation)).Count.ShouldBe(before);
        before.ShouldBe(0);
        (await ScalarAsync<long>("SELECT count(*) FROM backfill_state WHERE start_date = @from", new { from })).ShouldBe(isOpen ? 1 : 0);
    }

    [Fact]
    public async Task Of_an_upload_whose_end_never_came_only_what_an_earlier_one_brought_stays()
    {
        await TrackAsync("AAPL", "stock", "1d");
        await ExecuteAsync(
            """
            INSERT INTO imports (name, phase, upload, created_at) VALUES
                ('again', 'receiving', gen_random_uuid(), now() - interval '8 days'),
                ('new', 'receiving', gen_random_uuid(), now() - interval '8 days'),
                ('under-way', 'receiving', gen_random_uuid(), now() - interval '6 days');
            INSERT INTO import_series (name, symbol, timeframe, first_ts, last_ts, received) VALUES ('again', 'AAPL', '1d', now(), now(), 1);
            INSERT INTO import_chunks (name, symbol, timeframe, part, first_ts, last_ts, candles, payload)
            SELECT name, 'AAPL', '1d', now(), now(), now(), 1, '' FROM imports;
            """);

        await UpkeepAsync();

        (await QueryAsync<(string, string)>("SELECT name, phase FROM imports ORDER BY 1"))
            .ShouldBe([("again", "storing"), ("under-way", "receiving")]);
        (await QueryAsync<string>("SELECT name FROM import_chunks")).ShouldBe(["under-way"]);
        (await QueryAsync<string>("SELECT name FROM import_series")).ShouldBe(["again"]);
    }

    public static TheoryData<string> ByAge => [.. Aged.Select(record => record.Table)];

    // A table, after which time its rows go, and how to fill it with @rows of the age @at.
    private static readonly (string Table, string Age, string Insert)[] Aged =
    [
        ("events", "2 days", "INSERT INTO events (kind, payload, created_at) SELECT 'job', '{}', @at FROM generate_series(1, @rows)"),
        ("idempotency_keys", "1 day", """
            INSERT INTO idempotency_keys (key, caller, request_hash, created_at)
            SELECT i || @at::text, 'c', '\x00', @at FROM generate_series(1, @rows) i
            """),
        ("enrichment_fetch_log", "90 days", """
            INSERT INTO enrichment_fetch_log (symbol, timeframe, source, success, created_at)
            SELECT 'AAPL', '1d', 'polygon', true, @at FROM generate_series(1, @rows)
            """),
        ("enrichment_compute_log", "90 days", """
            INSERT INTO enrichment_compute_log (symbol, timeframe, compute_type, success, created_at)
            SELECT 'AAPL', '1d', 'universal', true, @at FROM generate_series(1, @rows)
            """),
        ("provider_circuit_history", "90 days", """
            INSERT INTO provider_circuit_history (provider, node_id, from_state, to_state, changed_at)
            SELECT 'polygon', 'n', 'closed', 'open', @at FROM generate_series(1, @rows)
            """),
        ("provider_requests", "90 days", """
            INSERT INTO provider_requests (provider, minute, node_id, latencies)
            SELECT 'polygon', @at, 'n' || i, '{}' FROM generate_series(1, @rows) i
            """),
        ("provider_request_log", "90 days", """
            INSERT INTO provider_request_log (provider, node_id, method, address, started_at, duration_ms)
            SELECT 'polygon', 'n', 'GET', '/', @at, 1 FROM generate_series(1, @rows)
            """),
        ("notification_messages", "90 days", Messages),
        ("notification_deliveries", "90 days", Messages),
        ("notification_attempts", "90 days", Messages),
        ("notification_incidents", "90 days", """
            WITH rule AS (INSERT INTO notification_rules (name, occasion) VALUES (gen_random_uuid(), 'run_failed') RETURNING id)
            INSERT INTO notification_incidents (rule_id, subject, label, since, told_at, resolved_at, end_told_at)
            SELECT id, i::text, 'l', @at, @at, @at, @at FROM rule, generate_series(1, @rows) i
            """),
        ("enrichment_history", "400 days", """
            INSERT INTO enrichment_history (job_id, trigger, status, created_at, started_at, completed_at)
            SELECT gen_random_uuid(), 'manual', 'completed', @at, @at, @at FROM generate_series(1, @rows)
            """),
        ("run_requests", "400 days", """
            WITH runs AS (
                INSERT INTO enrichment_history (job_id, trigger, status, created_at, started_at, completed_at)
                SELECT gen_random_uuid(), 'manual', 'completed', @at, @at, @at FROM generate_series(1, @rows) RETURNING job_id)
            INSERT INTO run_requests (job_id, provider, requests) SELECT job_id, 'polygon', 3 FROM runs
            """),
        ("enrichment_jobs", "400 days", JobsOfOneRun),
        ("enrichment_job_attempts", "400 days", JobsOfOneRun),
        ("enrichment_job_log", "90 days", """
            WITH run AS (
                INSERT INTO enrichment_history (job_id, trigger, status, created_at, started_at, completed_at)
                SELECT gen_random_uuid(), 'manual', 'completed', now(), now(), now() RETURNING job_id),
            job AS (
                INSERT INTO enrichment_jobs (job_id, symbol, asset_class, timeframes, status, completed_at)
                SELECT job_id, 'AAPL', 'stock', '{1d}', 'succeeded', now() FROM run RETURNING id)
            INSERT INTO enrichment_job_log (enrichment_job_id, attempt, node_id, logged_at, level, message)
            SELECT id, 1, 'n', @at, 'information', 'm' FROM job, generate_series(1, @rows)
            """),
        ("backfills", "400 days", """
            WITH backfill AS (
                INSERT INTO backfills (id, range_from, range_to, created_at)
                SELECT gen_random_uuid(), @at, @at, @at FROM generate_series(1, @rows) RETURNING id)
            INSERT INTO enrichment_history (job_id, trigger, status, created_at, started_at, completed_at, backfill_id)
            SELECT id, 'backfill', 'completed', @at, @at, @at, id FROM backfill
            """),
        // Of one series, so that only the newest stays.
        ("backfill_state", "400 days", """
            INSERT INTO backfill_state (symbol, timeframe, start_date, end_date, status, updated_at)
            SELECT 'AAPL', '1d', now() + i * interval '1 s', now() + @rows * interval '1 day', 'completed', @at FROM generate_series(1, @rows) i
            """),
        ("rejected_candles", "400 days", """
            INSERT INTO rejected_candles (symbol, timeframe, ts, open, source, reason, last_seen_at)
            SELECT 'S' || i % 9, '1d', @at, -i, 'yahoo', 'negative_price', @at FROM generate_series(1, @rows) i
            """),
        ("enrichment_nodes", "1 day", Nodes),
        ("provider_state", "1 day", Nodes),
        ("imports", "7 days", Uploads),
        ("import_chunks", "7 days", Uploads),
    ];

    private const string Messages = """
        WITH message AS (
            INSERT INTO notification_messages (status, title, body, created_at)
            SELECT 'firing', 't', 'b', @at FROM generate_series(1, @rows) RETURNING id),
        delivery AS (
            INSERT INTO notification_deliveries (message_id, receiver_name, receiver_kind, status, created_at, completed_at)
            SELECT id, 'r', 'email', 'delivered', @at, @at FROM message RETURNING id)
        INSERT INTO notification_attempts (delivery_id, attempt, node_id) SELECT id, 1, 'n' FROM delivery
        """;

    private const string JobsOfOneRun = """
        WITH run AS (
            INSERT INTO enrichment_history (job_id, trigger, status, symbols_total, created_at, started_at, completed_at)
            SELECT gen_random_uuid(), 'manual', 'completed', @rows, @at, @at, @at RETURNING job_id),
        jobs AS (
            INSERT INTO enrichment_jobs (job_id, symbol, asset_class, timeframes, status, completed_at)
            SELECT job_id, 'S' || i, 'stock', '{1d}', 'succeeded', @at FROM run, generate_series(1, @rows) i RETURNING id)
        INSERT INTO enrichment_job_attempts (enrichment_job_id, attempt, node_id, started_at) SELECT id, 1, 'n', @at FROM jobs
        """;

    private const string Nodes = """
        WITH node AS (
            INSERT INTO enrichment_nodes (node_id, host, process_id, version, concurrency, started_at, heartbeat_at)
            SELECT i || @at::text, 'h', 1, 'v', 5, @at, @at FROM generate_series(1, @rows) i RETURNING node_id)
        INSERT INTO provider_state (provider, node_id, state) SELECT 'polygon', node_id, '{}' FROM node
        """;

    private const string Uploads = """
        WITH upload AS (
            INSERT INTO imports (name, phase, upload, created_at)
            SELECT 'n' || i || '-' || @rows, 'receiving', gen_random_uuid(), @at FROM generate_series(1, @rows) i RETURNING name)
        INSERT INTO import_chunks (name, symbol, timeframe, part, first_ts, last_ts, candles, payload)
        SELECT name, 'AAPL', '1d', @at, @at, @at, 1, '' FROM upload
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

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex TableName { get; }
}
