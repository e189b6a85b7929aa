using System.Text.Json;
using Dapper;
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

    /// <summary>Adds what was asked of a provider, all of it or nothing.</summary>
    public async Task AddRequestsAsync(string node, string provider, IReadOnlyCollection<RequestCounts> counts, CancellationToken cancellation)
    {
        const string add = """
            INSERT INTO provider_requests AS r (provider, minute, node_id, sent, answered, failed, not_asked, response_ms, latencies)
            VALUES (@provider, @Minute, @node, @Sent, @Answered, @Failed, @NotAsked, @ResponseMs, @Latencies)
            ON CONFLICT (provider, minute, node_id) DO UPDATE SET
                sent = r.sent + excluded.sent, answered = r.answered + excluded.answered, failed = r.failed + excluded.failed,
                not_asked = r.not_asked + excluded.not_asked,
                response_ms = r.response_ms + excluded.response_ms,
                latencies = ARRAY(SELECT a + b FROM unnest(r.latencies, excluded.latencies) WITH ORDINALITY AS u (a, b, place) ORDER BY place)
            """;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        foreach (var one in counts)
        {
            var arguments = new { provider, node, one.Minute, one.Sent, one.Answered, one.Failed, one.NotAsked, one.ResponseMs, one.Latencies };
            await connection.ExecuteAsync(Sql.Command("add provider requests", add, arguments, cancellation, transaction));
        }

        await transaction.CommitAsync(cancellation);
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
