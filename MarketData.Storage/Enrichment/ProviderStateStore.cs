using System.Text.Json;
using Npgsql;

namespace MarketData.Storage.Enrichment;

/// <summary>Keeps on record how each provider fares on each node.</summary>
public sealed class ProviderStateStore(NpgsqlDataSource database)
{
    /// <summary>Writes the present state of a provider on a node.</summary>
    public async Task SaveAsync(ProviderState state, CancellationToken cancellation)
    {
        const string save = """
            INSERT INTO provider_state (provider, node_id, state) VALUES (@Provider, @Node, @document::jsonb)
            ON CONFLICT (provider, node_id) DO UPDATE SET state = excluded.state, updated_at = now()
            """;
        var document = JsonSerializer.Serialize(state, ProviderStateJson.Default.ProviderState);
        await database.ExecuteAsync(
            "save provider state", save, new { state.Resilience.Provider, state.Resilience.Node, document }, cancellation);
    }

    /// <summary>The names of all providers that nodes have told something of, sorted; none before the first node runs.</summary>
    public Task<IReadOnlyList<string>> ReadNamesAsync(CancellationToken cancellation)
    {
        const string read = """
            SELECT provider FROM provider_state
            UNION SELECT provider FROM provider_circuit_history
            UNION SELECT provider FROM instrument_aliases WHERE source <> 'person'
            ORDER BY provider
            """;
        return database.QueryAsync<string>("read provider names", read, null, cancellation);
    }

    /// <summary>Notes that a circuit changed; whoever looks at the live view hears of it.</summary>
    public async Task AddTransitionAsync(
        string node, string provider, string from, string to, string reason, DateTimeOffset at, CancellationToken cancellation)
    {
        const string add = """
            INSERT INTO provider_circuit_history (provider, node_id, from_state, to_state, reason, changed_at)
            VALUES (@provider, @node, @from, @to, @reason, @at)
            """;
        await database.ExecuteAsync("add circuit transition", add, new { provider, node, from, to, reason, at }, cancellation);
    }
}
