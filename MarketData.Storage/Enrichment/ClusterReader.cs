using Dapper;
using Npgsql;

namespace MarketData.Storage.Enrichment;

/// <summary>Reads what the cluster's gauges show.</summary>
public sealed class ClusterReader(NpgsqlDataSource database)
{
    private const string SnapshotSql = $"""
        SELECT (SELECT count(*) FROM enrichment_jobs WHERE status IN ('queued', 'retrying')) AS jobs_queued,
               (SELECT count(*) FROM enrichment_nodes
                WHERE stopped_at IS NULL AND heartbeat_at > now() - make_interval(secs => @LiveSeconds)) AS nodes_live,
               paused, {ScheduleStore.NextNightly},
               (SELECT max(completed_at) FROM enrichment_history WHERE status IN ('completed', 'partial')) AS last_completed_run
        FROM scheduler_state;
        SELECT coalesce(e.health, 'pending') AS health, count(*) AS symbols
        FROM symbols s LEFT JOIN enrichment_status e USING (symbol) WHERE s.active GROUP BY 1;
        SELECT r.symbol, s.asset_class, r.timeframe, r.last_ts, r.quality_score, r.completeness, r.validation_rate
        FROM series r JOIN symbols s USING (symbol) WHERE s.active;
        """;

    /// <summary>The cluster as it is now.</summary>
    public async Task<ClusterSnapshot> ReadAsync(CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var results = await connection.QueryMultipleAsync(
            Sql.Command("read cluster gauges", SnapshotSql, new { NodeRegistry.LiveSeconds }, cancellation));
        var snapshot = await results.ReadSingleAsync<ClusterSnapshot>();
        return snapshot with
        {
            Symbols = (await results.ReadAsync<HealthCount>()).AsList(),
            Series = (await results.ReadAsync<SeriesGauge>()).AsList(),
        };
    }
}
