using Dapper;
using Npgsql;

namespace MarketData.Storage.Enrichment;

/// <summary>
/// Reads what the cluster's gauges show: of the series, only what changed since the last reading. For one caller at a time.
/// </summary>
public sealed class ClusterReader(NpgsqlDataSource database)
{
    // Longer than a transaction that stores candles: what it changed has the time at which it began.
    private const string LongestTransaction = "10 minutes";

    private const string SnapshotSql = $"""
        SELECT (SELECT count(*) FROM enrichment_jobs WHERE status IN ('queued', 'retrying')) AS jobs_queued,
               (SELECT count(*) FROM enrichment_nodes WHERE {NodeRegistry.Alive}) AS nodes_live,
               paused, {ScheduleStore.NextNightly},
               (SELECT max(completed_at) FROM enrichment_history WHERE status IN ('completed', 'partial')) AS last_completed_run,
               (SELECT max(completed_at) FROM bulk_runs WHERE status IN ('completed', 'unchanged')) AS last_bulk_run,
               EXISTS ({BulkFailure}) AS bulk_failing,
               (SELECT count(*) FROM notification_deliveries WHERE status = 'pending') AS notifications_pending,
               (SELECT coalesce(extract(epoch FROM now() - min(created_at)), 0)::float8
                FROM notification_deliveries WHERE status = 'pending') AS oldest_notification_seconds
        FROM scheduler_state;
        SELECT coalesce(e.health, 'pending') AS health, count(*) AS symbols
        FROM symbols s LEFT JOIN symbol_status e USING (symbol) WHERE s.active GROUP BY 1;
        {AttentionReader.Counts};
        SELECT count(*) AS symbols, max(updated_at) AS changed, now() - interval '{LongestTransaction}' AS settled FROM symbols;
        """;

    /// <summary>What the last run of bulk files failed for; of days ago it tells nothing, since files may not be wanted any more.</summary>
    internal const string BulkFailure = """
        SELECT error FROM (SELECT status, completed_at, error FROM bulk_runs WHERE completed_at IS NOT NULL ORDER BY id DESC LIMIT 1) r
        WHERE status = 'failed' AND completed_at > now() - interval '3 days'
        """;

    private const string SeriesSql = """
        SELECT r.symbol, s.asset_class, r.timeframe, r.last_ts, r.quality_score, r.completeness, r.validation_rate
        FROM series r JOIN symbols s USING (symbol) WHERE s.active AND r.updated_at >= @since
        """;

    private readonly Dictionary<(string Symbol, string Timeframe), SeriesGauge> _series = [];
    private (long Symbols, DateTime? Changed) _symbols;
    private IReadOnlyList<SeriesGauge> _all = [];
    private DateTime _since = DateTime.UnixEpoch;

    /// <summary>The cluster as it is now.</summary>
    public async Task<ClusterSnapshot> ReadAsync(CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var results = await connection.QueryMultipleAsync(
            Sql.Command("read cluster gauges", SnapshotSql, null, cancellation));
        var snapshot = await results.ReadSingleAsync<ClusterSnapshot>();
        var health = (await results.ReadAsync<HealthCount>()).AsList();
        var attention = (await results.ReadAsync<AttentionCount>()).AsList();
        var (symbols, changed, settled) = await results.ReadSingleAsync<(long, DateTime?, DateTime)>();
        var hasChanged = (symbols, changed) != _symbols;
        if (hasChanged)
        {
            _series.Clear();
            _since = DateTime.UnixEpoch;
        }

        foreach (var series in await connection.QueryAsync<SeriesGauge>(
            Sql.Command("read changed series", SeriesSql, new { since = _since }, cancellation)))
        {
            _series[(series.Symbol, series.Timeframe)] = series;
            hasChanged = true;
        }

        if (hasChanged)
            _all = [.. _series.Values];
        (_symbols, _since) = ((symbols, changed), settled);
        return snapshot with { Symbols = health, Attention = attention, Series = _all };
    }
}
