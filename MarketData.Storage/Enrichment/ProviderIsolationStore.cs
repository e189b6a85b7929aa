using Npgsql;

namespace MarketData.Storage.Enrichment;

/// <summary>Which providers people have shut off, for the whole cluster and durably; both changes are idempotent.</summary>
public sealed class ProviderIsolationStore(NpgsqlDataSource database)
{
    /// <summary>Those that are shut off, by name.</summary>
    internal const string All = "SELECT provider, isolated_at, isolated_by, reason FROM provider_isolation ORDER BY provider";

    /// <summary>Reads those that are shut off, by name.</summary>
    public Task<IReadOnlyList<ProviderIsolation>> ReadAsync(CancellationToken cancellation) =>
        database.QueryAsync<ProviderIsolation>("read isolated providers", All, null, cancellation);

    /// <summary>Shuts a provider off. Shut off already, it changes nothing.</summary>
    /// <returns>The isolation, and whether it is new.</returns>
    public async Task<(ProviderIsolation Isolation, bool IsNew)> IsolateAsync(
        string provider, string? by, string? reason, CancellationToken cancellation)
    {
        const string isolate = """
            INSERT INTO provider_isolation (provider, isolated_by, reason) VALUES (@provider, @by, @reason) ON CONFLICT DO NOTHING
            """;
        var added = await database.ExecuteAsync("isolate provider", isolate, new { provider, by, reason }, cancellation);
        const string read = "SELECT provider, isolated_at, isolated_by, reason FROM provider_isolation WHERE provider = @provider";
        return (await database.QuerySingleAsync<ProviderIsolation>("read isolation", read, new { provider }, cancellation), added > 0);
    }

    /// <summary>Has a provider asked again, by every node, also where a circuit has opened by itself.</summary>
    /// <returns>Whether it was shut off.</returns>
    public async Task<bool> RestoreAsync(string provider, string? by, CancellationToken cancellation)
    {
        const string restore = """
            WITH restored AS (
                INSERT INTO provider_restorations (provider, restored_at, restored_by) VALUES (@provider, now(), @by)
                ON CONFLICT (provider) DO UPDATE SET restored_at = excluded.restored_at, restored_by = excluded.restored_by),
            gone AS (DELETE FROM provider_isolation WHERE provider = @provider RETURNING provider)
            SELECT EXISTS (SELECT FROM gone)
            """;
        return await database.ExecuteScalarAsync<bool>("restore provider", restore, new { provider, by }, cancellation);
    }

    /// <summary>When each provider was last restored, by the database's clock, UTC.</summary>
    public async Task<IReadOnlyDictionary<string, DateTime>> ReadRestoredAsync(CancellationToken cancellation) =>
        (await database.QueryAsync<(string Provider, DateTime At)>(
            "read restored providers", "SELECT provider, restored_at FROM provider_restorations", null, cancellation))
        .ToDictionary(one => one.Provider, one => one.At);
}
