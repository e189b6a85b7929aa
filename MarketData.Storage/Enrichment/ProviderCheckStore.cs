using System.Text.Json;
using Npgsql;

namespace MarketData.Storage.Enrichment;

/// <summary>
/// The last look at what providers answer, and how the Api has a node look again: <c>provider_check</c>
/// (<c>docs/decisions/0017-lookups-through-the-database.md</c>).
/// </summary>
public sealed class ProviderCheckStore(NpgsqlDataSource database, TimeProvider time)
{
    /// <summary>How long a look is answered with again, rather than a new one.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromMinutes(1);

    /// <summary>The last look; no row before the first.</summary>
    internal const string Last = "SELECT node, checked_at, providers::text AS document FROM provider_check WHERE checked_at IS NOT NULL";

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>How what a provider answered is written.</summary>
    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new TolerantEnumConverter<ProviderVerdict>(ProviderVerdict.Failed, JsonNamingPolicy.SnakeCaseLower) },
        IgnoreReadOnlyProperties = true,
    };

    /// <summary>Has a node look, unless the last look is recent, and waits for what it sees.</summary>
    /// <param name="waitLimit">How long it is waited for.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>The look, and whether a node is live; no look where none is, and none was until a minute ago, or where none answered in time.</returns>
    public async Task<(ProviderCheck? Check, bool IsAnyNodeLive)> CheckAsync(TimeSpan waitLimit, CancellationToken cancellation)
    {
        const string cluster = $"SELECT EXISTS (SELECT FROM enrichment_nodes WHERE {NodeRegistry.Alive}), now()";
        const string ask = """
            INSERT INTO provider_check (expires_at) VALUES (now() + @waitLimit)
            ON CONFLICT (is_only) DO UPDATE SET expires_at = excluded.expires_at, claimed_by = NULL
            WHERE provider_check.expires_at IS NULL OR provider_check.expires_at < now()
            """;
        var (isAnyNodeLive, now) = await database.QuerySingleAsync<(bool, DateTime)>("read live nodes", cluster, null, cancellation);
        if (await ReadAsync(cancellation) is { } last && last.CheckedAt > now - Kept)
            return (last, isAnyNodeLive);
        if (!isAnyNodeLive)
            return (null, false);
        await database.ExecuteAsync("ask for provider check", ask, new { waitLimit }, cancellation);
        using var timer = new PeriodicTimer(LookInterval, time);
        var asked = time.GetTimestamp();
        while (time.GetElapsedTime(asked) < waitLimit && await timer.WaitForNextTickAsync(cancellation))
        {
            if (await ReadAsync(cancellation) is { } check && check.CheckedAt > now - Kept)
                return (check, true);
        }

        return (null, true);
    }

    /// <summary>Reads the last look; null before the first.</summary>
    public async Task<ProviderCheck?> ReadAsync(CancellationToken cancellation) =>
        (await database.QueryAsync<(string, DateTime, string)>("read provider check", Last, null, cancellation)).Select(ToCheck).SingleOrDefault();

    /// <summary>Takes it upon a node to look, where somebody waits for it and no other node does it.</summary>
    public async Task<bool> ClaimAsync(string node, CancellationToken cancellation)
    {
        const string claim = "UPDATE provider_check SET claimed_by = @node WHERE claimed_by IS NULL AND expires_at > now()";
        return await database.ExecuteAsync("claim provider check", claim, new { node }, cancellation) > 0;
    }

    /// <summary>Puts a look on record, as of now.</summary>
    public Task SaveAsync(string node, IReadOnlyList<CheckedProvider> providers, CancellationToken cancellation)
    {
        const string save = """
            INSERT INTO provider_check (node, checked_at, providers) VALUES (@node, now(), @providers::jsonb)
            ON CONFLICT (is_only) DO UPDATE
            SET node = excluded.node, checked_at = excluded.checked_at, providers = excluded.providers, expires_at = NULL, claimed_by = NULL
            """;
        return database.ExecuteAsync(
            "save provider check", save, new { node, providers = JsonSerializer.Serialize(providers, Json) }, cancellation);
    }

    /// <summary>Reads a row of <see cref="Last"/>.</summary>
    internal static ProviderCheck ToCheck((string Node, DateTime CheckedAt, string Document) row) =>
        new(row.Node, row.CheckedAt, JsonSerializer.Deserialize<IReadOnlyList<CheckedProvider>>(row.Document, Json)!);
}
