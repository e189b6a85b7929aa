using Npgsql;

namespace MarketData.Storage.Enrichment;

/// <summary>The token buckets of the providers' keys, shared by all nodes and refilled by the database's clock.</summary>
public sealed class ProviderQuotaStore(NpgsqlDataSource database)
{
    /// <summary>Takes up to <paramref name="wanted"/> permits, as many as there are.</summary>
    /// <param name="provider">The provider.</param>
    /// <param name="wanted">Permits wanted, 1 or more.</param>
    /// <param name="perMinute">Permits that come back in a minute.</param>
    /// <param name="burst">The most that the bucket holds; what it begins with.</param>
    /// <param name="cancellation">Stops the wait.</param>
    public async Task<PermitsTaken> TakeAsync(string provider, int wanted, double perMinute, int burst, CancellationToken cancellation)
    {
        // clock_timestamp, not now(): a transaction that waited for the row would compute with the instant at which it began to wait.
        const string take = """
            INSERT INTO provider_quota (provider, tokens, refilled_at) VALUES (@provider, @burst, clock_timestamp()) ON CONFLICT DO NOTHING;
            WITH locked AS MATERIALIZED (SELECT * FROM provider_quota WHERE provider = @provider FOR UPDATE),
            bucket AS MATERIALIZED (
                SELECT provider, clock_timestamp() AS at,
                       least(@burst, tokens + greatest(extract(epoch FROM clock_timestamp() - refilled_at), 0)::float8 * @perMinute / 60.0) AS tokens,
                       greatest(extract(epoch FROM blocked_until - clock_timestamp()), 0)::float8 AS blocked
                FROM locked),
            taken AS MATERIALIZED (
                SELECT *, CASE WHEN coalesce(blocked, 0) > 0 THEN 0 ELSE least(@wanted, floor(tokens)) END::integer AS permits FROM bucket)
            UPDATE provider_quota q SET tokens = t.tokens - t.permits, refilled_at = t.at
            FROM taken t WHERE q.provider = t.provider
            RETURNING t.permits, q.tokens AS "left", coalesce(t.blocked, 0) AS blocked_seconds;
            """;
        var (permits, left, blockedSeconds) = await database.QuerySingleAsync<(int, double, double)>(
            "take provider permits", take, new { provider, wanted, perMinute, burst = (double)burst }, cancellation);
        return new PermitsTaken(permits, left, TimeSpan.FromSeconds(blockedSeconds));
    }

    /// <summary>Blocks the provider's bucket for all nodes; a longer block set before stands.</summary>
    public async Task BlockAsync(string provider, TimeSpan duration, CancellationToken cancellation)
    {
        const string block = """
            UPDATE provider_quota SET blocked_until = greatest(blocked_until, clock_timestamp() + @duration) WHERE provider = @provider
            """;
        await database.ExecuteAsync("block provider", block, new { provider, duration }, cancellation);
    }
}
