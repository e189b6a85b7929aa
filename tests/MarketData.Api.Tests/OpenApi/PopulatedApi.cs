using MarketData.Api.Tests.Enrichment;
using MarketData.Api.Tests.Historical;
using MarketData.Bulk;
using MarketData.Bulk.Targets;
using MarketData.Domain.Candles;
using MarketData.Storage.Bulk;
using MarketData.Storage.Candles;
using MarketData.Storage.Enrichment;
using MarketData.Storage.Keys;
using MarketData.Storage.Notifications;
using MarketData.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace MarketData.Api.Tests.OpenApi;

/// <summary>An API over a system that has done some of everything, so that no list is empty and no optional value missing everywhere.</summary>
public sealed class PopulatedApi(PostgresServer server) : IAsyncLifetime
{
    private static readonly Instrument Bitcoin = new(Symbol.Parse("BTC-USD"), AssetClass.Crypto);

    private HttpClient _reader = null!;
    private ApiApplication _api = null!;
    private string _bulk = "";
    private readonly CancellationTokenSource _stop = new();
    private Task _answering = Task.CompletedTask;

    /// <summary>Calls it with an administrator's key.</summary>
    public HttpClient Client { get; private set; } = null!;

    /// <summary>Calls it without a key.</summary>
    public HttpClient Stranger => _api.Client;

    /// <summary>Calls it with a key that is none.</summary>
    public HttpClient Wrong { get; private set; } = null!;

    /// <summary>The administrator's key.</summary>
    public string Key { get; private set; } = "";

    /// <summary>Its database.</summary>
    public TestDatabase Database { get; private set; } = null!;

    /// <summary>A run that ended in part, with a job that succeeded and one that failed.</summary>
    public Guid Run { get; private set; }

    /// <summary>The number of one of its jobs.</summary>
    public long Job { get; private set; }

    /// <summary>A backfill of two symbols, one of which failed.</summary>
    public Guid Backfill { get; private set; }

    /// <summary>The number of a report of a split.</summary>
    public long Report { get; private set; }

    /// <summary>The number of a name that a person entered of MSFT.</summary>
    public long Alias { get; private set; }

    /// <summary>The number of a receiver of notifications that a rule tells.</summary>
    public long Receiver { get; private set; }

    /// <summary>The number of one that no rule tells.</summary>
    public long OtherReceiver { get; private set; }

    /// <summary>The number of a notification rule.</summary>
    public long Rule { get; private set; }

    /// <summary>The number of a notification that was given up.</summary>
    public long Delivery { get; private set; }

    /// <summary>The name of a bulk file.</summary>
    public string BulkFile { get; private set; } = "";

    /// <summary>A key that may be changed.</summary>
    public Guid OtherKey { get; private set; }

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        Database = await server.CreateDatabaseAsync();
        foreach (var (symbol, assetClass) in ((string, string)[])[("AAPL", "stock"), ("BTC-USD", "crypto"), ("SPY", "etf"), ("BRK.B", "stock"), ("MSFT", "stock")])
            await Database.TrackAsync(symbol, assetClass);
        await WriteCandlesAsync();
        Run = await Database.QueueAsync("AAPL", "SPY");
        await Database.EndAsync(Run, failed: "SPY");
        await Database.QueueAsync("MSFT", "BRK.B");
        Backfill = await BackfillAsync();
        await Database.ExecuteAsync(Rows, new { run = Run });
        await Database.ReportAsync("polygon", "node-1", isOpen: true);
        await Database.ReportAsync("binance", "node-1", isOpen: false);
        await Database.AliveAsync();
        await TellAsync();
        _bulk = Directory.CreateTempSubdirectory("marketdata-bulk-").FullName;
        BulkFile = await WriteBulkAsync();
        _answering = AnswerAsync(_stop.Token);
        _api = await ApiApplication.StartAsync(Database.ConnectionString, ("Bulk:Target", _bulk));
        var keys = new KeyStore(Database.DataSource);
        Key = (await keys.CreateAsync(new("admin", ["admin"], null), new Actor("test", null), CancellationToken.None)).Secret;
        OtherKey = (await keys.CreateAsync(new("other", ["read"], null), new Actor("test", null), CancellationToken.None)).Key.Id;
        (Client, _reader, Wrong) = (_api.With(Key), _api.With(await ReaderKeyAsync()), _api.With("mdk_" + new string('x', 43)));
        Job = (await Client.FetchAsync($"/api/v1/enrichment/jobs?job_id={Run}&status=failed").JsonAsync()).GetProperty("items")[0].GetProperty("id").GetInt64();
        Report = (await Client.FetchAsync("/api/v1/corporate-actions/AAPL").JsonAsync()).GetProperty("reports").EnumerateArray().Last().GetProperty("id").GetInt64();
        await Client.PutAsync("/api/v1/admin/symbols/MSFT/aliases", new { provider = "binance", provider_symbol = "MSFT.OLD", valid_to = "1999-12-31" }).JsonAsync();
        Alias = (await Client.FetchAsync("/api/v1/instruments/MSFT").JsonAsync()).GetProperty("aliases").EnumerateArray().First().GetProperty("id").GetInt64();
    }

    /// <summary>A key that may read.</summary>
    public async Task<string> ReaderKeyAsync() => (await new KeyStore(Database.DataSource).CreateAsync(
        new("reader", ["read"], null), new Actor("test", null), TestContext.Current.CancellationToken)).Secret;

    /// <summary>An administrator's client mostly, else one that may do less.</summary>
    public HttpClient Any(Random random) => random.Next(10) switch
    {
        0 => _reader,
        1 => Stranger,
        _ => Client,
    };

    /// <summary>An address at this API, as it is written.</summary>
    public Uri Absolute(Uri uri) => new(
        Client.BaseAddress!.GetLeftPart(UriPartial.Authority) + uri.OriginalString["http://api".Length..],
        new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Wrong.Dispose();
        _reader.Dispose();
        await _api.DisposeAsync();
        await _stop.CancelAsync();
        await _answering.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Database.DisposeAsync();
        _stop.Dispose();
        Directory.Delete(_bulk, recursive: true);
    }

    // A rule that holds of something, a receiver that was told of it in vain, and one that is told of nothing.
    private async Task TellAsync()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var receivers = new ReceiverStore(Database.DataSource, ReceiverCipher.Plain);
        Receiver = (await receivers.CreateAsync(new("hook", ReceiverKinds.Webhook, "https://example.com/secret", null, IsEnabled: true), "test", cancellation))!.Id;
        OtherReceiver = (await receivers.CreateAsync(new("mail", ReceiverKinds.Email, null, ["desk@example.com"], IsEnabled: true), "test", cancellation))!.Id;
        var request = new RuleTerms { Name = "failed", Occasion = Occasions.ActionDisputed, AfterMinutes = 0, IsEnabled = true, Receivers = [Receiver] };
        Rule = (await new RuleStore(Database.DataSource).CreateAsync(request, "test", cancellation))!.Id;
        await new IncidentStore(Database.DataSource).FollowAsync(TimeSpan.Zero, TimeSpan.Zero, news => new(news.Subjects[0].Label, "text"), cancellation);
        var outbox = new OutboxStore(Database.DataSource, ReceiverCipher.Plain, TimeProvider.System);
        var claimed = (await outbox.ClaimAsync("node-1", 1, TimeSpan.FromMinutes(1), cancellation)).Single();
        await outbox.FailedAsync(claimed, "It answered 404 Not Found.", null, cancellation);
        Delivery = claimed.Id;
    }

    // In the place of a node: what is asked of a provider has an answer, and of another a refusal.
    private async Task AnswerAsync(CancellationToken stop)
    {
        var questions = new ProviderQuestionStore(Database.DataSource, TimeProvider.System);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (await timer.WaitForNextTickAsync(stop))
        {
            while (await questions.ClaimAsync("node-1", stop) is { } question)
            {
                var answer = question.Provider == "binance"
                    ? new ProviderBars([new(question.RangeFrom, 1, 2, 0.5, 1.5, 10)])
                    : new ProviderBars([], "asked too often.");
                await questions.AnswerAsync(question.Id, answer, stop);
            }
        }
    }

    // With a node that answers what a backfill would take before it is asked.
    private async Task<Guid> BackfillAsync()
    {
        var ticket = await new RunStore(Database.DataSource).CreateAsync(
            new() { Trigger = RunTrigger.Backfill, Symbols = ["AAPL", "SPY"], From = new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc), To = new(2020, 4, 1, 0, 0, 0, DateTimeKind.Utc) },
            TestContext.Current.CancellationToken);
        var run = ticket.JobId!.Value;
        await Database.EndAsync(run, failed: "SPY");
        await Database.ExecuteAsync(
            """
            INSERT INTO backfill_state (symbol, timeframe, start_date, end_date, last_successful_date, status, job_id, last_error) VALUES
                ('AAPL', '1d', '2020-01-01Z', '2020-04-01Z', '2020-04-01Z', 'completed', @run, NULL),
                ('SPY', '1d', '2020-01-01Z', '2020-04-01Z', '2020-02-01Z', 'failed', @run, 'polygon said no');
            CREATE FUNCTION answer_plan() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                NEW.plan := '{"Symbols": 1, "Series": 1, "Candles": 2033, "Requests": 2, "Seconds": 2.5, "LimitedBy": "yahoo", "Places": 5,
                    "Intervals": [{"Timeframe": "1d", "Series": 1, "From": "2016-01-02T00:00:00Z", "To": "2024-02-01T00:00:00Z", "Candles": 2033, "Requests": 2,
                        "Shortened": 1, "ServedFrom": "2016-02-01T00:00:00Z", "Empty": 0}],
                    "Providers": [{"Provider": "yahoo", "Requests": 2, "RequestsPerMinute": 30, "Seconds": 2, "CircuitState": "closed", "BlockedUntil": "2026-11-18T19:02:00Z"}]}';
                RETURN NEW; END $$;
            CREATE TRIGGER answer_plan BEFORE INSERT ON backfill_plans FOR EACH ROW EXECUTE FUNCTION answer_plan();
            """,
            new { run });
        return run;
    }

    private async Task<string> WriteBulkAsync()
    {
        var store = new BulkStore(Database.DataSource);
        await store.RequestAsync("test", TestContext.Current.CancellationToken);
        var run = await new BulkWriter(
            Database.DataSource, store, new FolderTarget(_bulk), Options.Create(new BulkOptions { Target = _bulk }), NullLogger<BulkWriter>.Instance)
            .RunAsync("node-1", TestContext.Current.CancellationToken);
        return (await store.FilesAsync(run!.Id, null, TestContext.Current.CancellationToken))[0].File;
    }

    // The second write revises a candle.
    private async Task WriteCandlesAsync()
    {
        var hours = HistoricalData.Hourly(120);
        var writer = new SeriesWriter(Database.DataSource);
        var write = new SeriesWrite { Instrument = Bitcoin, Interval = BarInterval.OneHour, Source = "binance", Candles = hours };
        await writer.WriteAsync(write, TestContext.Current.CancellationToken);
        await writer.WriteAsync(
            write with { Candles = new[] { hours[5] with { Candle = hours[5].Candle with { Close = 42 } } } }, TestContext.Current.CancellationToken);
    }

    private const string Rows = """
        INSERT INTO corporate_actions (symbol, kind, ex_date, ratio_from, ratio_to, cash_amount, currency, source) VALUES
            ('AAPL', 'split', '2020-08-31', 1, 4, NULL, NULL, 'polygon'), ('AAPL', 'dividend', '2020-11-06', NULL, NULL, 0.205, 'USD', 'polygon');
        INSERT INTO corporate_action_reports (symbol, provider, ex_date, ratio_from, ratio_to, cash_amount, currency)
            SELECT symbol, source, ex_date, ratio_from, ratio_to, cash_amount, currency FROM corporate_actions;
        INSERT INTO corporate_action_reports (symbol, provider, ex_date, ratio_from, ratio_to, state, reason)
            VALUES ('SPY', 'yahoo', '2021-03-09', 1, 10, 'disputed', 'The price shows no such change.');
        INSERT INTO provider_check (node, checked_at, providers) VALUES ('node-a', now() + interval '1 hour',
            '[{"provider": "yahoo", "verdict": "leave_alone", "isEnabled": true, "message": "asked too often.", "advice": "Wait.",
               "retryAt": "2026-11-18T19:02:00Z", "clockOffsetSeconds": -0.5}]');
        INSERT INTO gaps (symbol, timeframe, gap_start, gap_end, missing, asked_count, last_asked_at, last_source, next_ask_at) VALUES
            ('BTC-USD', '1h', now() - interval '2 days', now() - interval '1 day', 24, 1, now(), 'binance', now());
        INSERT INTO rejected_candles (symbol, timeframe, ts, open, high, low, close, volume, source, reason, detail, job_id) VALUES
            ('BTC-USD', '1h', now() - interval '1 day', 1, 0.5, 2, 1, 10, 'binance', 'ohlc_order', 'high below low', @run);
        INSERT INTO data_quality_metrics (symbol, timeframe, metric_date, total_records, validated_records, expected_records, validation_rate,
            gaps_detected, anomalies_detected, avg_quality_score, data_completeness) VALUES ('BTC-USD', '1h', current_date, 24, 23, 24, 0.958, 0, 1, 0.98, 1);
        INSERT INTO cross_checks (symbol, timeframe, day, provider, other_provider, bars_compared, bars_differing, max_difference, mean_difference, only_provider, only_other) VALUES
            ('BTC-USD', '1h', current_date - 1, 'binance', 'coinbase', 20, 5, 0.02, 0.004, 3, 1),
            ('BTC-USD', '1h', current_date, 'binance', 'coinbase', 20, 0, 0.001, 0.001, 0, 0),
            ('SPY', '1d', current_date - 1, 'polygon', 'yahoo', 0, 0, NULL, NULL, 1, 0);
        INSERT INTO enrichment_fetch_log (job_id, symbol, source, timeframe, records_fetched, records_inserted, source_response_time_ms, success, error_message) VALUES
            (@run, 'BTC-USD', 'binance', '1h', 120, 120, 80, true, NULL), (@run, 'SPY', 'polygon', '1d', 0, 0, 90, false, 'polygon said no');
        INSERT INTO enrichment_compute_log (job_id, symbol, timeframe, compute_type, features_computed, computation_time_ms, success) VALUES
            (@run, 'BTC-USD', '1h', 'crypto', 2400, 3, true);
        INSERT INTO enrichment_job_attempts (enrichment_job_id, attempt, node_id, started_at, ended_at, outcome, steps, error_message)
            SELECT id, 1, 'node-1', now() - interval '1 minute', now(), 'failed', '[{"step":"fetch","timeframe":"1d","ms":90}]', 'polygon said no'
            FROM enrichment_jobs WHERE job_id = @run;
        INSERT INTO provider_request_log (provider, node_id, job_id, attempt, symbol, timeframe, method, address, status, failure, error, bytes, started_at, duration_ms)
            SELECT 'polygon', 'node-1', job_id, 1, symbol, '1d', 'GET', 'https://api.example/v2', 503, 'transient', 'said no', 12, now(), 41.5 FROM enrichment_jobs WHERE job_id = @run;
        INSERT INTO enrichment_job_log (enrichment_job_id, attempt, node_id, logged_at, level, message, exception)
            SELECT id, 1, 'node-1', now(), 'warning', 'polygon said no', 'HttpRequestException: No.' FROM enrichment_jobs WHERE job_id = @run;
        INSERT INTO symbol_status (symbol, asset_class, status, health, last_enrichment_time, data_until, records_available, quality_score,
            validation_rate, data_completeness, error_message, error_advice, retry_count, last_fetch_success, last_compute_success)
            VALUES ('BTC-USD', 'crypto', 'healthy', 'healthy', now(), now() - interval '1 minute', 120, 0.98, 0.99, 1, NULL, NULL, 0, now(), now()),
                   ('SPY', 'etf', 'error', 'error', now(), NULL, 0, NULL, NULL, NULL, 'polygon said no', 'Look at the key.', 3, NULL, NULL)
            ON CONFLICT (symbol) DO UPDATE SET (status, health, last_enrichment_time, data_until, quality_score, error_message) =
                (excluded.status, excluded.health, excluded.last_enrichment_time, excluded.data_until, excluded.quality_score, excluded.error_message);
        INSERT INTO backfill_state (symbol, timeframe, start_date, end_date, last_successful_date, status, job_id)
            VALUES ('BTC-USD', '1h', '2023-12-25Z', '2023-12-30Z', '2023-12-30Z', 'completed', @run);
        INSERT INTO imports (name, phase, upload, requested_by, received_at, report) VALUES ('earlier', 'storing', gen_random_uuid(), 'test', now(),
            '{"name": "earlier", "dry_run": false, "rows": 2, "valid": 1, "invalid": 1, "out_of_session": 0, "unclosed": 0, "past_retention": 0,
              "series": [{"symbol": "BRK.B", "timeframe": "1d", "valid": 1, "invalid": 1, "first": "2020-01-02T00:00:00Z", "last": "2020-01-02T00:00:00Z"}],
              "unknown_symbols": [{"symbol": "ZZ", "rows": 1}], "invalid_rows": [{"line": 3, "column": "open", "value": "x", "reason": "is not a number."}],
              "ignored_columns": ["x"], "warnings": ["w"]}');
        INSERT INTO import_series (name, symbol, timeframe, first_ts, last_ts, received, inserted) VALUES ('earlier', 'BRK.B', '1d', '2020-01-02Z', '2020-01-02Z', 1, 1);
        INSERT INTO provider_requests (provider, minute, node_id, sent, answered, failed, response_ms, latencies)
            SELECT 'polygon', date_trunc('minute', now()), 'node-1', 3, 2, 1, 90, array_agg(CASE WHEN place = 20 THEN 2 ELSE 0 END) FROM generate_series(1, 69) place;
        INSERT INTO provider_request_log (provider, node_id, job_id, attempt, symbol, timeframe, method, address, status, failure, error, bytes, started_at, duration_ms, trace_id) VALUES
            ('polygon', 'node-1', @run, 1, 'SPY', '1d', 'GET', 'https://host/bars?apiKey=***', 500, 'transient', 'failed: HTTP 500', 20, now(), 45, '4bf92f3577b34da6a3ce929d0e0e4736');
        -- A node that answers every probe at once.
        CREATE FUNCTION answer_probe() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            NEW.claimed_by := 'node-1';
            NEW.asked_at := now();
            NEW.answer := '{"provider": "polygon", "verdict": "works", "isEnabled": true, "message": "gives candles."}';
            RETURN NEW;
        END $$;
        CREATE TRIGGER answer_probe BEFORE INSERT ON provider_probes FOR EACH ROW EXECUTE FUNCTION answer_probe();
        INSERT INTO provider_circuit_history (provider, node_id, from_state, to_state, reason) VALUES ('polygon', 'node-1', 'closed', 'open', '5 failures in a row');
        """;
}
