using Dapper;
using MarketData.Domain.Candles;
using MarketData.Storage.Candles;
using MarketData.Storage.Dashboard;
using MarketData.Storage.Enrichment;
using MarketData.Storage.Events;
using MarketData.Testing;
using Npgsql;

namespace MarketData.Storage.Tests;

/// <summary>No query of a reader goes through a growing table row by row: on a filled database each is answered by indexes.</summary>
public sealed class QueryPlanTests(PostgresServer server) : IAsyncLifetime
{
    private const string Symbol = "S7";
    private static readonly Instrument Instrument = new(Domain.Candles.Symbol.Parse(Symbol), AssetClass.Stock);
    private TestDatabase _database = null!;
    private NpgsqlDataSource _source = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // What grows with time. Tables of a row per symbol, series, node or provider are read whole where a list of them is shown.
    private static readonly string[] Growing =
    [
        "enrichment_history", "enrichment_jobs", "enrichment_job_attempts", "enrichment_job_log", "provider_request_log", "enrichment_fetch_log", "enrichment_compute_log", "feature_checkpoints",
        "candle_revisions", "rejected_candles", "gaps", "data_quality_metrics", "events",
    ];

    private static readonly Dictionary<string, Func<NpgsqlDataSource, Task>> Readers = new()
    {
        ["overview"] = source => new OverviewReader(source).ReadAsync(Cancellation),
        ["health"] = source => new HealthReader(source).ReadAsync(Cancellation),
        ["metrics"] = source => new MetricsReader(source).ReadAsync(TimeSpan.FromHours(24), 0.85, Cancellation),
        ["metrics by source"] = source => new MetricsReader(source).ReadFetchesAsync(TimeSpan.FromHours(24), Cancellation),
        ["metrics over time"] = source => new MetricsReader(source).ReadSeriesAsync(TimeSpan.FromHours(24), TimeSpan.FromHours(1), Cancellation),
        ["open jobs"] = source => new JobReader(source).ReadPageAsync(new JobFilter { Status = "open" }, 50, Cancellation),
        ["failed jobs"] = source => new JobReader(source).ReadPageAsync(new JobFilter { Status = "failed" }, 50, Cancellation),
        ["jobs of a symbol"] = source => new JobReader(source).ReadPageAsync(new JobFilter { Symbol = Symbol }, 50, Cancellation),
        ["jobs of a day"] = source => new JobReader(source).ReadPageAsync(new JobFilter { From = DateTime.UtcNow.AddDays(-1) }, 50, Cancellation),
        ["jobs tried again"] = source => new JobReader(source).ReadPageAsync(new JobFilter { MinAttempts = 2 }, 50, Cancellation),
        ["attempts of a job"] = source => new JobReader(source).ReadAttemptsAsync(1, Cancellation),
        ["log of a job"] = source => new JobReader(source).ReadLogAsync(1, ["debug"], 0, 100, Cancellation),
        ["timeline of a run"] = source => new JobReader(source).ReadTimelineAsync(Guid.Empty, null, 100, Cancellation),
        ["days of runs"] = source => new RunReader(source).ReadDaysAsync(
            DateOnly.FromDateTime(DateTime.UtcNow.AddDays(-7)), DateOnly.FromDateTime(DateTime.UtcNow), Cancellation),
        ["runs of a week"] = source => new RunReader(source).ReadPageAsync(new RunFilter { From = DateTime.UtcNow.AddDays(-7) }, 50, Cancellation),
        ["runs of a symbol"] = source => new RunReader(source).ReadPageAsync(new RunFilter { Symbol = Symbol, From = DateTime.UtcNow.AddDays(-7) }, 50, Cancellation),
        ["status of a symbol"] = source => new SymbolStatusReader(source).ReadAsync(Symbol, Cancellation),
        ["coverage of a symbol"] = source => new SymbolStatusReader(source).ReadCoverageAsync(Symbol, Cancellation),
        ["job of a symbol"] = source => new SymbolStatusReader(source).ReadCurrentJobAsync(Symbol, Cancellation),
        ["all symbols"] = source => new SymbolStatusReader(source).ReadAllAsync(new SymbolFilter(), Cancellation),
        ["quality history"] = source => new SymbolStatusReader(source).ReadHistoryAsync([Symbol], 30, Cancellation),
        ["quality of a symbol"] = source => new QualityReader(source).ReadAsync(
            Symbol, ["1d"], DateOnly.FromDateTime(DateTime.UtcNow.AddDays(-30)), DateOnly.FromDateTime(DateTime.UtcNow), 100, Cancellation),
        ["the story of a candle"] = source => new CandleStoryReader(source).ReadAsync(
            Symbol, "stock", "1d", DateTime.UtcNow.Date.AddDays(-9), DateOnly.FromDateTime(DateTime.UtcNow.AddDays(-9)), Cancellation),
        ["a page of candles"] = source => PageAsync(source, new CandleQuery { Instrument = Instrument, Interval = BarInterval.OneDay, Limit = 100, Newest = true, Features = true }),
        ["candles as of a day"] = source => PageAsync(
            source, new CandleQuery { Instrument = Instrument, Interval = BarInterval.OneDay, Limit = 100, Newest = true, AsOf = DateTime.UtcNow.AddDays(-1) }),
        ["the series before a day"] = source => new SeriesReader(source).BeforeAsync(Instrument.Symbol, BarInterval.OneDay, DateTime.UtcNow, 52, Cancellation),
        ["the next candle"] = source => new SeriesReader(source).NextAsync(Instrument.Symbol, BarInterval.OneDay, DateTime.UtcNow.AddDays(-9), Cancellation),
        ["status"] = source => new SystemReader(source).ReadStatusAsync(Cancellation),
        ["system"] = source => new SystemReader(source).ReadSystemAsync(Cancellation),
        ["gauges"] = source => new ClusterReader(source).ReadAsync(Cancellation),
        ["new events"] = source => EventsAsync(source),
        ["missed events"] = source => MissedEventsAsync(source),
        ["corporate actions"] = source =>
            new CorporateActionReader(source).ReadFactorsAsync(Instrument.Symbol, BarInterval.OneWeek, null, Cancellation),
        ["gaps due"] = source => new SeriesReader(source).GapsDueAsync(Instrument.Symbol, BarInterval.OneDay, Cancellation),
    };

    public async ValueTask InitializeAsync()
    {
        _database = await server.CreateDatabaseAsync(Cancellation);
        // A connection reports what it scanned when it closes at the latest, so each query gets one of its own.
        _source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(_database.ConnectionString) { Pooling = false });
        await using var command = _source.CreateCommand(Filling);
        command.CommandTimeout = 120;
        await command.ExecuteNonQueryAsync(Cancellation);
        await using var analyze = _source.CreateCommand("VACUUM ANALYZE");
        await analyze.ExecuteNonQueryAsync(Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Every_reader_is_answered_by_indexes()
    {
        var wrong = new List<string>();
        foreach (var (name, read) in Readers)
        {
            var before = await ScansAsync();
            await read(_source);
            var after = await ScansAsync();
            wrong.AddRange(after.Where(table => table.Value > before.GetValueOrDefault(table.Key)).Select(table => $"{name} scans {table.Key}"));
        }

        wrong.ShouldBeEmpty();
    }

    // Sequential scans so far of the growing tables with more than a page or two: of a small one, a scan is the best plan.
    private async Task<Dictionary<string, long>> ScansAsync()
    {
        const string scans = """
            SELECT s.relname, s.seq_scan FROM pg_stat_user_tables s JOIN pg_class c ON c.oid = s.relid
            WHERE c.relkind = 'r' AND c.relpages > 20 AND (s.relname = ANY (@growing) OR s.relname LIKE 'bars_%')
            """;
        await using var connection = await _source.OpenConnectionAsync(Cancellation);
        return (await connection.QueryAsync<(string Table, long Scans)>(scans, new { growing = Growing })).ToDictionary(row => row.Table, row => row.Scans);
    }

    private static async Task PageAsync(NpgsqlDataSource source, CandleQuery query)
    {
        var reader = new CandleReader(source);
        var series = await reader.FindAsync(query.Instrument.Symbol, query.Interval, Cancellation);
        var (page, _) = await reader.ReadPageAsync(query, series.ShouldNotBeNull(), Cancellation);
        using (page)
            page.Count.ShouldBe(100);
    }

    private static async Task EventsAsync(NpgsqlDataSource source)
    {
        await using var connection = await source.OpenConnectionAsync(Cancellation);
        await EventReader.ReadSinceAsync(connection, await EventReader.ReadPositionAsync(connection, Cancellation), Cancellation);
    }

    private static async Task MissedEventsAsync(NpgsqlDataSource source)
    {
        var reader = new EventReader(source);
        var position = await reader.ReadPositionAsync(Cancellation);
        await reader.ReadMissedAsync(position, position, 100, Cancellation);
    }

    // 300 symbols and 120 nights, without the events that triggers would publish for each row.
    private const string Filling = """
        SET session_replication_role = replica;
        INSERT INTO symbols (symbol, asset_class, timeframes) SELECT 'S' || s, 'stock', ARRAY['1d'] FROM generate_series(1, 300) s;
        INSERT INTO enrichment_status (symbol, asset_class, status, health) SELECT symbol, asset_class, 'healthy', 'healthy' FROM symbols;
        INSERT INTO series (symbol, timeframe, first_ts, last_ts, records) SELECT symbol, '1d', now() - interval '119 days', now(), 120 FROM symbols;
        INSERT INTO enrichment_history (job_id, trigger, status, created_at, started_at, completed_at, symbols_total, symbols_successful)
        SELECT md5('run' || d)::uuid, 'nightly', 'completed', now() - d * interval '1 hour', now() - d * interval '1 hour', now() - d * interval '1 hour', 10, 10
        FROM generate_series(0, 2999) d;
        INSERT INTO enrichment_jobs (job_id, symbol, asset_class, timeframes, status, attempt, queued_at, due_at, started_at, completed_at, worked_ms)
        SELECT md5('run' || d * 24)::uuid, 'S' || s, 'stock', ARRAY['1d'], CASE WHEN s % 97 = 0 THEN 'failed' ELSE 'succeeded' END,
               CASE WHEN s % 89 = 0 THEN 2 ELSE 1 END, t, t, t, t, 40
        FROM generate_series(119, 0, -1) d, generate_series(1, 300) s, LATERAL (SELECT now() - d * interval '1 day' AS t) at;
        INSERT INTO enrichment_job_attempts (enrichment_job_id, attempt, node_id, started_at, ended_at, outcome)
        SELECT id, 1, 'node', started_at, completed_at, 'succeeded' FROM enrichment_jobs;
        INSERT INTO enrichment_job_log (enrichment_job_id, attempt, node_id, logged_at, level, message) SELECT id, 1, 'node', completed_at, 'debug', 'x' FROM enrichment_jobs;
        INSERT INTO provider_request_log (provider, node_id, job_id, attempt, symbol, method, address, started_at, duration_ms)
        SELECT 'polygon', 'node', job_id, 1, symbol, 'GET', 'x', completed_at, 1 FROM enrichment_jobs;
        INSERT INTO enrichment_fetch_log (job_id, symbol, source, timeframe, records_fetched, source_response_time_ms, success, created_at)
        SELECT job_id, symbol, 'polygon', '1d', 3, 50, true, completed_at FROM enrichment_jobs;
        INSERT INTO enrichment_compute_log (job_id, symbol, timeframe, compute_type, features_computed, computation_time_ms, success, created_at)
        SELECT job_id, symbol, '1d', 'universal', 57, 0.1, true, completed_at FROM enrichment_jobs;
        INSERT INTO data_quality_metrics (symbol, timeframe, metric_date, total_records, validated_records, expected_records, gaps_detected, anomalies_detected,
            avg_quality_score, data_completeness, validation_rate, updated_at)
        SELECT symbol, '1d', completed_at::date, 1, 1, 1, 0, 0, 1, 1, 1, completed_at FROM enrichment_jobs;
        INSERT INTO gaps (symbol, timeframe, gap_start, gap_end, missing, detected_at, next_ask_at)
        SELECT symbol, '1d', completed_at, completed_at, 1, completed_at, CASE WHEN id % 500 = 0 THEN now() END FROM enrichment_jobs;
        INSERT INTO rejected_candles (symbol, timeframe, ts, open, source, reason, last_seen_at)
        SELECT symbol, '1d', completed_at, 1, 'polygon', 'ohlc_order', completed_at FROM enrichment_jobs;
        INSERT INTO events (kind, payload, created_at) SELECT 'job', '{}', completed_at FROM enrichment_jobs;
        SELECT ensure_bar_partitions('1d', now() - interval '119 days', now());
        INSERT INTO candle_sources (name) VALUES ('polygon');
        INSERT INTO bars_1d (series_id, ts, open, high, low, close, volume, source, issues, recorded_at)
        SELECT s.id, date_trunc('day', j.completed_at, 'UTC'), 1, 1, 1, 1, 1, 1, 16384, j.completed_at
        FROM enrichment_jobs j JOIN series s USING (symbol);
        INSERT INTO feature_checkpoints (series_id, is_adjusted, ts, candles, state) SELECT series_id, false, ts, 1, '' FROM bars_1d;
        INSERT INTO candle_revisions (symbol, timeframe, ts, replaced_at, recorded_at, open, high, low, close, volume, source, is_validated, quality_score)
        SELECT symbol, timeframe, ts, now(), recorded_at, open, high, low, close, volume, source, is_validated, quality_score FROM candles;
        """;
}
