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
        const string take = $"""
            INSERT INTO provider_quota (provider, tokens, refilled_at, timeline)
            VALUES (@provider, @burst, clock_timestamp(), {ServerTimeline.Current}) ON CONFLICT DO NOTHING;
            -- A server that was promoted may lack what was taken last: as if that were all that there was.
            WITH locked AS MATERIALIZED (
                SELECT provider, refusal, refusals, blocked_until,
                       CASE WHEN timeline <> {ServerTimeline.Current} THEN 0 ELSE tokens END AS tokens,
                       CASE WHEN timeline <> {ServerTimeline.Current} THEN clock_timestamp() ELSE refilled_at END AS refilled_at
                FROM provider_quota WHERE provider = @provider FOR UPDATE),
            bucket AS MATERIALIZED (
                SELECT provider, clock_timestamp() AS at, CASE WHEN refusals > 0 THEN refusal END AS refusal,
                       -- After a refusal it fills from the end of the block on, so that the provider is not met with a burst.
                       least(@burst, tokens + greatest(extract(epoch FROM
                           clock_timestamp() - greatest(refilled_at, CASE WHEN refusals > 0 THEN blocked_until END)), 0)::float8 * @perMinute / 60.0) AS tokens,
                       greatest(extract(epoch FROM blocked_until - clock_timestamp()), 0)::float8 AS blocked
                FROM locked),
            taken AS MATERIALIZED (
                SELECT *, CASE WHEN coalesce(blocked, 0) > 0 THEN 0 ELSE least(@wanted, floor(tokens)) END::integer AS permits FROM bucket)
            UPDATE provider_quota q SET tokens = t.tokens - t.permits, refilled_at = t.at, timeline = {ServerTimeline.Current}
            FROM taken t WHERE q.provider = t.provider
            RETURNING t.permits, q.tokens AS "left", coalesce(t.blocked, 0) AS blocked_seconds, t.refusal;
            """;
        var (permits, left, blockedSeconds, refusal) = await database.QuerySingleAsync<(int, double, double, string?)>(
            "take provider permits", take, new { provider, wanted, perMinute, burst = (double)burst }, cancellation);
        return new PermitsTaken(permits, left, TimeSpan.FromSeconds(blockedSeconds), refusal);
    }

    /// <summary>Blocks the provider's bucket for all nodes; a longer block set before stands.</summary>
    public async Task BlockAsync(string provider, TimeSpan duration, CancellationToken cancellation)
    {
        const string block = """
            UPDATE provider_quota SET blocked_until = greatest(blocked_until, clock_timestamp() + @duration) WHERE provider = @provider
            """;
        await database.ExecuteAsync("block provider", block, new { provider, duration }, cancellation);
    }

    /// <summary>
    /// Counts that the provider turned a request away, and blocks its bucket for all nodes: twice as long for each refusal in a row. Refusals of
    /// requests that were sent before the block of the last one ended are that one.
    /// </summary>
    /// <param name="provider">The provider.</param>
    /// <param name="refusal">What it said.</param>
    /// <param name="underWay">How long the request took.</param>
    /// <param name="shortest">The block after the first refusal.</param>
    /// <param name="longest">The block at most.</param>
    /// <param name="cancellation">Stops the wait.</param>
    /// <returns>How long the bucket stays blocked, zero or more.</returns>
    public async Task<TimeSpan> RefuseAsync(
        string provider, string refusal, TimeSpan underWay, TimeSpan shortest, TimeSpan longest, CancellationToken cancellation)
    {
        const string refuse = """
            UPDATE provider_quota
            SET refusals = refusals + 1, refused_at = clock_timestamp(), refusal = @refusal, tokens = 0,
                blocked_until = greatest(blocked_until, clock_timestamp() + least(@longest, @shortest * power(2, least(refusals, 20))))
            WHERE provider = @provider AND (refusals = 0 OR blocked_until <= clock_timestamp() - @underWay);
            SELECT greatest(extract(epoch FROM blocked_until - clock_timestamp()), 0)::float8 FROM provider_quota WHERE provider = @provider;
            """;
        var seconds = await database.QuerySingleAsync<double>(
            "refuse provider", refuse, new { provider, refusal, underWay, shortest, longest }, cancellation);
        return TimeSpan.FromSeconds(seconds);
    }

    /// <summary>Forgets the refusals of a provider that serves again.</summary>
    /// <param name="provider">The provider.</param>
    /// <param name="underWay">How long the request took; one that was sent before the block ended tells nothing.</param>
    /// <param name="cancellation">Stops the wait.</param>
    public async Task ServedAsync(string provider, TimeSpan underWay, CancellationToken cancellation)
    {
        const string served = """
            UPDATE provider_quota SET refusals = 0, refusal = NULL
            WHERE provider = @provider AND refusals > 0 AND blocked_until <= clock_timestamp() - @underWay
            """;
        await database.ExecuteAsync("forget provider refusals", served, new { provider, underWay }, cancellation);
    }
}
