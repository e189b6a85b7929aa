using Npgsql;

namespace MarketData.Storage.Enrichment;

/// <summary>The last requests to each provider, <c>provider_request_log</c>.</summary>
public sealed class ProviderRequestStore(NpgsqlDataSource database)
{
    /// <summary>How many requests to a provider are kept.</summary>
    public const int MostPerProvider = 20_000;

    /// <summary>Adds requests of a node to a provider, and counts those that were made for a run.</summary>
    public Task AddAsync(string node, string provider, IReadOnlyList<ProviderRequest> requests, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(requests);
        // Requests are counted for their runs in the same statement, so that a count is never of others than those on record. The lock keeps the run
        // from being forgotten meanwhile.
        const string add = """
            WITH counted AS (
                INSERT INTO run_requests AS c (job_id, provider, requests)
                SELECT n.job_id, @provider, n.requests
                FROM (SELECT job_id, count(*) AS requests FROM unnest(@jobs::uuid[]) AS j (job_id) GROUP BY job_id) n
                WHERE EXISTS (SELECT FROM enrichment_history h WHERE h.job_id = n.job_id FOR KEY SHARE)
                ORDER BY n.job_id
                ON CONFLICT (job_id, provider) DO UPDATE SET requests = c.requests + excluded.requests)
            INSERT INTO provider_request_log (
                provider, node_id, job_id, attempt, symbol, timeframe, method, address, status, failure, error, bytes, started_at, duration_ms, trace_id)
            SELECT @provider, @node, r.*
            FROM unnest(
                @jobs::uuid[], @attempts::integer[], @symbols::text[], @timeframes::text[], @methods::text[], @addresses::text[], @statuses::integer[],
                @failures::text[], @errors::text[], @sizes::bigint[], @instants::timestamptz[], @durations::float8[], @traces::text[]) AS r
            """;
        var arguments = new
        {
            provider,
            node,
            jobs = Each(request => request.JobId),
            attempts = Each(request => request.Attempt),
            symbols = Each(request => request.Symbol),
            timeframes = Each(request => request.Timeframe),
            methods = Each(request => request.Method),
            addresses = Each(request => request.Address),
            statuses = Each(request => request.Status),
            failures = Each(request => request.Failure),
            errors = Each(request => request.Error),
            sizes = Each(request => request.Bytes),
            instants = Each(request => request.StartedAt),
            durations = Each(request => request.DurationMs),
            traces = Each(request => request.TraceId),
        };
        return database.ExecuteAsync("log provider requests", add, arguments, cancellation);

        T[] Each<T>(Func<ProviderRequest, T> value) => [.. requests.Select(value)];
    }

    /// <summary>Forgets all requests to a provider but the last <see cref="MostPerProvider"/>.</summary>
    /// <returns>How many went.</returns>
    public Task<int> PruneAsync(string provider, CancellationToken cancellation)
    {
        const string prune = """
            DELETE FROM provider_request_log
            WHERE provider = @provider
              AND id <= (SELECT id FROM provider_request_log WHERE provider = @provider ORDER BY id DESC OFFSET @MostPerProvider LIMIT 1)
            """;
        return database.ExecuteAsync("prune provider requests", prune, new { provider, MostPerProvider }, cancellation);
    }
}
