using Npgsql;

namespace MarketData.Storage.Dashboard;

/// <summary>Reads the status of symbols and what is stored of them.</summary>
public sealed class SymbolStatusReader(NpgsqlDataSource database)
{
    private const string TimeframeOrder = "ARRAY['5m', '15m', '30m', '1h', '4h', '1d', '1w']";

    private const string Coverage = """
        SELECT r.symbol, r.timeframe, r.first_ts AS first, r.last_ts AS last, r.records, r.expected_records, r.completeness, r.quality_score,
               r.last_source, b.status AS backfill_status
        FROM series r
        LEFT JOIN LATERAL (SELECT status FROM backfill_state b WHERE b.symbol = r.symbol AND b.timeframe = r.timeframe
                           ORDER BY b.updated_at DESC LIMIT 1) b ON true
        """;

    /// <summary>Reads one symbol; null when it is not tracked.</summary>
    public async Task<SymbolStatus?> ReadAsync(string symbol, CancellationToken cancellation)
    {
        var sql = Statuses("WHERE symbol = @symbol") + " WHERE s.symbol = @symbol";
        return await database.QuerySingleOrDefaultAsync<SymbolStatus>("read symbol status", sql, new { symbol }, cancellation);
    }

    /// <summary>Reads what is stored of one symbol, shortest interval first.</summary>
    public async Task<IReadOnlyList<SeriesCoverage>> ReadCoverageAsync(string symbol, CancellationToken cancellation)
    {
        const string sql = $"{Coverage} WHERE r.symbol = @symbol ORDER BY array_position({TimeframeOrder}, r.timeframe)";
        return await database.QueryAsync<SeriesCoverage>("read coverage", sql, new { symbol }, cancellation);
    }

    /// <summary>Reads a symbol's current job; null when it has none.</summary>
    public async Task<CurrentJob?> ReadCurrentJobAsync(string symbol, CancellationToken cancellation)
    {
        const string sql = """
            SELECT id, job_id, status, step, attempt, started_at, due_at, trace_id FROM enrichment_jobs
            WHERE symbol = @symbol AND status IN ('running', 'retrying', 'queued')
            ORDER BY status = 'running' DESC, due_at, id LIMIT 1
            """;
        return await database.QuerySingleOrDefaultAsync<CurrentJob>("read current job", sql, new { symbol }, cancellation);
    }

    /// <summary>Reads every symbol that matches, in alphabetical order.</summary>
    public async Task<IReadOnlyList<SymbolStatus>> ReadAllAsync(SymbolFilter filter, CancellationToken cancellation)
    {
        var sql = $"""
            {Statuses("")}
            WHERE (@AssetClass::text IS NULL OR s.asset_class = @AssetClass) AND (@Active::boolean IS NULL OR s.active = @Active)
              AND (@Symbols::text[] IS NULL OR s.symbol = ANY (@Symbols))
              AND (@Status::text IS NULL OR coalesce(e.status, 'pending') = @Status)
              AND (@Search::text IS NULL OR strpos(lower(s.symbol || ' ' || coalesce(s.name, '')), lower(@Search)) > 0)
            ORDER BY s.symbol COLLATE "C"
            """;
        return await database.QueryAsync<SymbolStatus>("read symbol statuses", sql, filter, cancellation);
    }

    /// <summary>Reads what is stored of the symbols given, shortest interval first.</summary>
    public async Task<ILookup<string, SeriesCoverage>> ReadCoverageAsync(
        IReadOnlyCollection<string> symbols, CancellationToken cancellation)
    {
        const string sql = $"{Coverage} WHERE r.symbol = ANY (@symbols) ORDER BY array_position({TimeframeOrder}, r.timeframe)";
        var rows = await database.QueryAsync<SeriesCoverage>(
            "read coverage of symbols", sql, new { symbols = symbols.ToArray() }, cancellation);
        return rows.ToLookup(row => row.Symbol);
    }

    /// <summary>Reads the daily quality of the symbols given, over the last days up to today: mean candle score × completeness.</summary>
    /// <returns>By symbol: a value a day, oldest first, null where a day has none.</returns>
    public async Task<IReadOnlyDictionary<string, double?[]>> ReadHistoryAsync(
        IReadOnlyCollection<string> symbols, int days, CancellationToken cancellation)
    {
        const string sql = """
            SELECT symbol, (metric_date - (now() AT TIME ZONE 'UTC')::date + @days - 1) AS day,
                   sum(avg_quality_score * least(data_completeness, 1) * expected_records) / nullif(sum(expected_records), 0) AS quality
            FROM data_quality_metrics
            WHERE symbol = ANY (@symbols) AND metric_date > (now() AT TIME ZONE 'UTC')::date - @days
              AND metric_date <= (now() AT TIME ZONE 'UTC')::date
            GROUP BY symbol, metric_date
            """;
        var rows = await database.QueryAsync<(
            string Symbol, int Day, double? Quality)>("read quality history", sql, new { symbols = symbols.ToArray(), days }, cancellation);
        var history = symbols.ToDictionary(symbol => symbol, _ => new double?[days]);
        foreach (var (symbol, day, quality) in rows)
            history[symbol][day] = quality;
        return history;
    }

    private static string Statuses(string series) => $"""
        SELECT s.symbol, s.asset_class, s.name, s.active, s.exchange, s.price_unit, s.status AS listing_status,
               coalesce(e.status, 'pending') AS status, e.quality_score, e.validation_rate,
               e.data_completeness, extract(epoch FROM now() - e.data_until)::float8 AS data_age_seconds,
               coalesce(r.records, 0)::bigint AS records_available,
               e.last_fetch_success, e.last_compute_success, e.last_enrichment_time, coalesce(e.retry_count, 0) AS retry_count,
               e.next_retry_at, e.error_message AS last_error, e.error_advice
        FROM symbols s
        LEFT JOIN symbol_status e USING (symbol)
        LEFT JOIN (SELECT symbol, max(last_ts) AS last_ts, sum(records) AS records FROM series {series} GROUP BY symbol) r USING (symbol)
        """;
}
