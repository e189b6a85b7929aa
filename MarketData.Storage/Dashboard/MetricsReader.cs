using Dapper;
using Npgsql;

namespace MarketData.Storage.Dashboard;

/// <summary>Reads how the pipeline did over a window, from its logs.</summary>
public sealed class MetricsReader(NpgsqlDataSource database)
{
    // A provider that was not asked has not failed.
    private const string FetchSums = """
        count(*) FILTER (WHERE NOT not_asked) AS total, count(*) FILTER (WHERE success) AS successful,
        count(*) FILTER (WHERE NOT success AND NOT not_asked) AS failed,
        count(*) FILTER (WHERE success)::float8 / nullif(count(*) FILTER (WHERE NOT not_asked), 0) AS success_rate,
        coalesce(sum(records_fetched), 0) AS records_fetched, coalesce(sum(records_inserted), 0) AS records_inserted
        """;

    private const string ComputeSums = """
        count(*) AS total, count(*) FILTER (WHERE success) AS successful, count(*) FILTER (WHERE NOT success) AS failed,
        count(*) FILTER (WHERE success)::float8 / nullif(count(*), 0) AS success_rate,
        avg(computation_time_ms) AS avg_computation_time_ms,
        percentile_cont(0.95) WITHIN GROUP (ORDER BY computation_time_ms) AS p95_computation_time_ms,
        coalesce(sum(features_computed), 0) AS features_computed
        """;

    // One scan gives the total and its parts: the row without a source is the total, and there is always one.
    private const string Fetches = $"""
        SELECT coalesce(source, '') AS source, {FetchSums} FROM enrichment_fetch_log WHERE created_at >= now() - @window
        GROUP BY GROUPING SETS ((), (source)) ORDER BY 1;
        """;

    // Whole minutes: the one in which the window begins counts.
    private const string Requests = """
        SELECT provider, sum(sent)::bigint AS sent, sum(not_asked)::bigint AS not_asked, sum(answered)::bigint AS answered, sum(response_ms) AS response_ms,
               ARRAY(SELECT sum(n)::bigint FROM provider_requests i, unnest(i.latencies) WITH ORDINALITY AS u (n, place)
                     WHERE i.provider = r.provider AND i.minute >= date_trunc('minute', now() - @window) GROUP BY place ORDER BY place) AS latencies
        FROM provider_requests r WHERE minute >= date_trunc('minute', now() - @window) GROUP BY provider;
        """;

    private const string Computations = $"""
        SELECT coalesce(compute_type, '') AS compute_type, {ComputeSums} FROM enrichment_compute_log WHERE created_at >= now() - @window
        GROUP BY GROUPING SETS ((), (compute_type)) ORDER BY 1;
        """;

    private const string Quality = """
        SELECT count(*) AS symbols_tracked, avg(e.quality_score) AS avg_quality_score, avg(e.validation_rate) AS avg_validation_rate,
               avg(e.data_completeness) AS avg_data_completeness, count(*) FILTER (WHERE e.quality_score < @minimumScore) AS below_threshold,
               (SELECT count(*) FROM gaps WHERE detected_at >= now() - @window) AS gaps_detected,
               (SELECT coalesce(sum(anomalies_detected), 0) FROM data_quality_metrics WHERE updated_at >= now() - @window) AS anomalies_detected,
               (SELECT count(*) FROM rejected_candles WHERE last_seen_at >= now() - @window) AS rejected
        FROM symbols s LEFT JOIN symbol_status e USING (symbol) WHERE s.active;
        """;

    /// <summary>Reads the sums over the last <paramref name="window"/>.</summary>
    /// <param name="window">How far back to look.</param>
    /// <param name="minimumScore">The score below which a symbol counts as below the threshold, 0 to 1.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<MetricRows> ReadAsync(TimeSpan window, double minimumScore, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var command = Sql.Command("read pipeline totals", Fetches + Requests + Computations + Quality, new { window, minimumScore }, cancellation);
        await using var results = await connection.QueryMultipleAsync(command);
        return new(
            Fetches: RequestTotals.Join((await results.ReadAsync<SourceTotals>()).AsList(), (await results.ReadAsync<RequestTotals>()).AsList()),
            Computations: (await results.ReadAsync<ComputeTypeTotals>()).AsList(),
            Quality: await results.ReadSingleAsync<QualityTotals>());
    }

    /// <summary>Reads fetches by provider over the last <paramref name="window"/>.</summary>
    public async Task<IReadOnlyList<SourceTotals>> ReadFetchesAsync(TimeSpan window, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var results = await connection.QueryMultipleAsync(
            Sql.Command("read provider totals", Fetches + Requests, new { window }, cancellation));
        return RequestTotals.Join((await results.ReadAsync<SourceTotals>()).AsList(), (await results.ReadAsync<RequestTotals>()).AsList());
    }

    /// <summary>Reads the sums of each stretch of the last <paramref name="window"/>.</summary>
    /// <param name="window">How far back to look.</param>
    /// <param name="bucket">Length of a stretch; stretches begin at multiples of it since 1970.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<SeriesRows> ReadSeriesAsync(TimeSpan window, TimeSpan bucket, CancellationToken cancellation)
    {
        const string series = $"""
            SELECT date_bin(@bucket, created_at, timestamptz '1970-01-01 00:00Z') AS bucket, source, timeframe, {FetchSums},
                   sum(source_response_time_ms) FILTER (WHERE requests > 0) / nullif(sum(requests), 0) AS avg_response_time_ms,
                   percentile_cont(0.95) WITHIN GROUP (ORDER BY source_response_time_ms / nullif(requests, 0)) AS p95_response_time_ms,
                   coalesce(sum(records_rejected), 0) AS records_rejected
            FROM enrichment_fetch_log WHERE created_at >= now() - @window GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;

            SELECT date_bin(@bucket, created_at, timestamptz '1970-01-01 00:00Z') AS bucket, compute_type, timeframe, {ComputeSums}
            FROM enrichment_compute_log WHERE created_at >= now() - @window GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;

            SELECT metric_date,
                   sum(avg_quality_score * total_records) / nullif(sum(total_records) FILTER (WHERE avg_quality_score IS NOT NULL), 0)
                       AS avg_quality_score,
                   sum(validated_records)::float8 / nullif(sum(total_records), 0) AS validation_rate,
                   sum(total_records)::float8 / nullif(sum(expected_records), 0) AS data_completeness,
                   sum(gaps_detected) AS gaps_detected, sum(anomalies_detected) AS anomalies_detected, sum(rejected_records) AS rejected_records
            FROM data_quality_metrics WHERE metric_date >= ((now() - @window) AT TIME ZONE 'UTC')::date GROUP BY 1 ORDER BY 1;
            """;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var results = await connection.QueryMultipleAsync(
            Sql.Command("read pipeline series", series, new { window, bucket }, cancellation));
        return new(
            Fetches: (await results.ReadAsync<FetchPoint>()).AsList(),
            Computations: (await results.ReadAsync<ComputePoint>()).AsList(),
            Quality: (await results.ReadAsync<QualityPoint>()).AsList());
    }
}
