using MarketData.Storage.Dashboard;

namespace MarketData.Benchmarks.Overview;

/// <summary>The dashboard's overview over 5,000 symbols and a year of nightly runs with their jobs and log rows, against a budget of 10 ms.</summary>
internal sealed class Overview5000 : Benchmark
{
    private const double BudgetMilliseconds = 10;
    private const int Reads = 30;

    public override IReadOnlyList<string> Names => ["overview_5000"];

    public override async Task<IReadOnlyList<Comparison>> RunAsync(BenchmarkRun bench, CancellationToken cancellation)
    {
        await using var database = await BenchmarkDatabase.CreateAsync(bench, cancellation);
        foreach (var statement in Year(bench.Options.Load(5_000, 200), bench.Options.Load(365, 10)))
            await database.ExecuteAsync(statement, cancellation);
        var reader = new OverviewReader(database.Source);
        var rounds = new double[bench.Options.Rounds];
        for (var round = 0; round < rounds.Length; round++)
        {
            var reads = new double[Reads];
            for (var i = 0; i < Reads; i++)
                reads[i] = await Rounds.TimeAsync(() => reader.ReadAsync(cancellation));
            rounds[round] = Rounds.Median(reads);
        }

        // With the round trip and the reading of the rows: the database's own time is less.
        return [new("overview_5000", "ms", Rounds.Median(rounds) * 1e3, BudgetMilliseconds, 1, rounds.Length)];
    }

    // The events that triggers publish for each row are no part of it.
    private static string[] Year(int symbols, int days) =>
    [
        $"""
        SET session_replication_role = replica;
        INSERT INTO symbols (symbol, asset_class, timeframes) SELECT 'S' || s, 'stock', ARRAY['1d'] FROM generate_series(1, {symbols}) s;
        INSERT INTO enrichment_status (symbol, asset_class, status, health, last_enrichment_time, records_available, quality_score)
        SELECT symbol, asset_class, 'healthy', 'healthy', now(), 2520, 0.99 FROM symbols;
        INSERT INTO enrichment_history (job_id, trigger, status, created_at, started_at, completed_at, symbols_total, symbols_successful, symbols_failed)
        SELECT md5('run' || d)::uuid, 'nightly', 'completed', now() - d * interval '1 day', now() - d * interval '1 day',
               now() - d * interval '1 day' + interval '1 hour', {symbols}, {symbols - 1}, 1
        FROM generate_series(0, {days - 1}) d;
        RESET session_replication_role;
        """,
        $"""
        SET session_replication_role = replica;
        INSERT INTO enrichment_jobs (job_id, symbol, asset_class, timeframes, status, attempt, queued_at, due_at, started_at, completed_at, worked_ms)
        SELECT md5('run' || d)::uuid, 'S' || s, 'stock', ARRAY['1d'], CASE s WHEN 1 THEN 'failed' ELSE 'succeeded' END, 1, t, t, t, t + interval '1 minute', 40
        FROM generate_series({days - 1}, 0, -1) d, generate_series(1, {symbols}) s, LATERAL (SELECT now() - d * interval '1 day' AS t) at;
        RESET session_replication_role;
        """,
        $"""
        INSERT INTO enrichment_fetch_log (job_id, symbol, source, timeframe, records_fetched, source_response_time_ms, success, created_at)
        SELECT md5('run' || d)::uuid, 'S' || s, 'polygon', '1d', 3, 50, true, now() - d * interval '1 day'
        FROM generate_series({days - 1}, 0, -1) d, generate_series(1, {symbols}) s;
        INSERT INTO enrichment_compute_log (job_id, symbol, timeframe, compute_type, features_computed, computation_time_ms, success, created_at)
        SELECT md5('run' || d)::uuid, 'S' || s, '1d', 'universal', 57, 0.1, true, now() - d * interval '1 day'
        FROM generate_series({days - 1}, 0, -1) d, generate_series(1, {symbols}) s;
        """,
        "VACUUM ANALYZE",
    ];
}
