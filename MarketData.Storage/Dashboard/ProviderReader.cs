using Dapper;
using MarketData.Storage.Enrichment;
using Npgsql;

namespace MarketData.Storage.Dashboard;

/// <summary>Reads how one provider does: what it was asked, what came of it, and whom it failed.</summary>
public sealed class ProviderReader(NpgsqlDataSource database)
{
    /// <summary>The circuit's changes that are read at most.</summary>
    public const int MostChanges = 200;

    /// <summary>The affected symbols that are read at most.</summary>
    public const int MostAffected = 100;

    // Latencies are added up bucket by bucket.
    private const string Points = """
        WITH minutes AS (
            SELECT date_bin(@bucket, minute, timestamptz '1970-01-01 00:00Z') AS bucket, sent, answered, failed, not_asked, response_ms, latencies
            FROM provider_requests WHERE provider = @provider AND minute >= date_trunc('minute', now() - @window)),
        slow AS (
            SELECT bucket, array_agg(requests ORDER BY place) AS latencies
            FROM (SELECT bucket, place, sum(n)::bigint AS requests FROM minutes, unnest(latencies) WITH ORDINALITY AS u (n, place) GROUP BY 1, 2) each
            GROUP BY bucket)
        SELECT bucket, sum(sent)::bigint AS sent, sum(failed)::bigint AS failed, sum(not_asked)::bigint AS not_asked,
               sum(response_ms) / nullif(sum(answered), 0) AS avg_latency_ms, s.latencies
        FROM minutes JOIN slow s USING (bucket) GROUP BY bucket, s.latencies ORDER BY bucket;
        """;

    private const string Circuits = """
        SELECT provider, node_id AS node, from_state, to_state, reason, changed_at FROM provider_circuit_history
        WHERE provider = @provider AND changed_at >= now() - @window ORDER BY id DESC LIMIT @MostChanges;
        """;

    // A series is affected by what came of it last; another provider may have given it since.
    private const string Affected = """
        WITH last AS (
            SELECT DISTINCT ON (symbol, timeframe) symbol, timeframe, created_at, not_asked, success, error_message, job_id, trace_id
            FROM enrichment_fetch_log WHERE source = @provider AND created_at >= now() - @window ORDER BY symbol, timeframe, created_at DESC, id DESC),
        failed AS (SELECT DISTINCT ON (symbol) * FROM last WHERE NOT success ORDER BY symbol, created_at DESC)
        SELECT f.symbol, f.timeframe, f.created_at AS failed_at, f.not_asked, f.error_message AS error, f.job_id, f.trace_id,
               j.status AS job_status, CASE WHEN j.status <> 'running' THEN j.due_at END AS next_try_at, other.source AS filled_by
        FROM failed f
        LEFT JOIN LATERAL (
            SELECT status, due_at FROM enrichment_jobs WHERE symbol = f.symbol AND status IN ('queued', 'running', 'retrying') ORDER BY id LIMIT 1) j ON true
        LEFT JOIN LATERAL (
            SELECT source FROM enrichment_fetch_log l
            WHERE l.symbol = f.symbol AND l.timeframe = f.timeframe AND l.success AND l.source <> @provider AND l.created_at >= f.created_at - interval '1 minute'
            ORDER BY l.created_at DESC LIMIT 1) other ON true
        ORDER BY f.created_at DESC, f.symbol LIMIT @MostAffected;

        SELECT count(DISTINCT symbol) FROM (
            SELECT DISTINCT ON (symbol, timeframe) symbol, success FROM enrichment_fetch_log
            WHERE source = @provider AND created_at >= now() - @window ORDER BY symbol, timeframe, created_at DESC, id DESC) last WHERE NOT success;
        """;

    private const string Isolation = "SELECT provider, isolated_at, isolated_by, reason FROM provider_isolation WHERE provider = @provider;";

    /// <summary>Reads how a provider did over the last <paramref name="window"/>.</summary>
    /// <param name="provider">The provider.</param>
    /// <param name="window">How far back to look.</param>
    /// <param name="bucket">Length of a stretch; stretches begin at multiples of it since 1970.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<ProviderRows> ReadAsync(string provider, TimeSpan window, TimeSpan bucket, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var arguments = new { provider, window, bucket, MostChanges, MostAffected };
        await using var results = await connection.QueryMultipleAsync(
            Sql.Command("read provider", Points + Circuits + Affected + Isolation, arguments, cancellation));
        return new(
            Points: [.. (await results.ReadAsync<PointRow>()).Select(row => row.ToPoint())],
            Circuits: (await results.ReadAsync<CircuitTransition>()).AsList(),
            Affected: (await results.ReadAsync<AffectedSymbol>()).AsList(),
            AffectedTotal: await results.ReadSingleAsync<long>(),
            Isolation: await results.ReadSingleOrDefaultAsync<ProviderIsolation>());
    }

    /// <summary>Reads requests to a provider, newest first.</summary>
    public Task<IReadOnlyList<LoggedRequest>> ReadRequestsAsync(RequestFilter filter, int limit, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var conditions = string.Concat(
            filter.Failed switch { null => "", true => " AND failure IS NOT NULL", false => " AND failure IS NULL" },
            filter.Symbol is null ? "" : " AND symbol = @Symbol",
            filter.JobId is null ? "" : " AND job_id = @JobId",
            filter.BeforeId is null ? "" : " AND id < @BeforeId");
        var read = $"""
            SELECT id, provider, node_id AS node, job_id, attempt, symbol, timeframe, method, address, status, failure, error, bytes, started_at,
                   duration_ms, trace_id
            FROM provider_request_log WHERE provider = @Provider{conditions} ORDER BY id DESC LIMIT @limit
            """;
        var arguments = new { filter.Provider, filter.Symbol, filter.JobId, filter.BeforeId, limit };
        return database.QueryAsync<LoggedRequest>("read provider requests", read, arguments, cancellation);
    }

    private sealed record PointRow
    {
        public required DateTime Bucket { get; init; }

        public required long Sent { get; init; }

        public required long Failed { get; init; }

        public required long NotAsked { get; init; }

        public double? AvgLatencyMs { get; init; }

        public required long[] Latencies { get; init; }

        public ProviderPoint ToPoint() => new()
        {
            Bucket = Bucket,
            Sent = Sent,
            Failed = Failed,
            NotAsked = NotAsked,
            AvgLatencyMs = AvgLatencyMs,
            P95LatencyMs = LatencyBuckets.Percentile(Latencies, 0.95),
        };
    }
}
