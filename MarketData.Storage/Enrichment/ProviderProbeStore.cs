using System.Text.Json;
using Npgsql;

namespace MarketData.Storage.Enrichment;

/// <summary>
/// Has a node ask one provider at once whether it serves: <c>provider_probes</c>
/// (<c>docs/decisions/0017-lookups-through-the-database.md</c>). A row lives for the seconds that somebody waits for its answer.
/// </summary>
public sealed class ProviderProbeStore(NpgsqlDataSource database, TimeProvider time)
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>Has a node ask the provider, and waits for what it says.</summary>
    /// <param name="provider">The provider.</param>
    /// <param name="waitLimit">How long the answer is waited for.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>What it said, and whether a node is live; nothing where none is, or none answered in time.</returns>
    public async Task<(ProviderCheck? Probe, bool IsAnyNodeLive)> AskAsync(string provider, TimeSpan waitLimit, CancellationToken cancellation)
    {
        // What an Api that died has left behind goes with the next question.
        const string ask = $"""
            WITH forgotten AS (DELETE FROM provider_probes WHERE expires_at < now() - interval '1 minute')
            INSERT INTO provider_probes (id, provider, expires_at)
            SELECT @id, @provider, now() + @waitLimit
            WHERE EXISTS (SELECT FROM enrichment_nodes WHERE {NodeRegistry.Alive})
            """;
        var id = Guid.CreateVersion7();
        if (await database.ExecuteAsync("ask for provider probe", ask, new { id, provider, waitLimit }, cancellation) == 0)
            return (null, false);
        try
        {
            return (await WaitAsync(id, waitLimit, cancellation), true);
        }
        finally
        {
            await database.ExecuteAsync("forget probe", "DELETE FROM provider_probes WHERE id = @id", new { id }, CancellationToken.None);
        }
    }

    /// <summary>Takes the oldest probe that no node has taken and somebody still waits for.</summary>
    /// <returns>The probe, and the provider that it is of; null when there is none.</returns>
    public async Task<(Guid Id, string Provider)?> ClaimAsync(string node, CancellationToken cancellation)
    {
        const string claim = """
            UPDATE provider_probes SET claimed_by = @node, asked_at = now()
            WHERE id = (
                SELECT id FROM provider_probes WHERE claimed_by IS NULL AND expires_at > now() ORDER BY expires_at LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING id, provider
            """;
        return await database.QuerySingleOrDefaultAsync<(Guid, string)?>("claim provider probe", claim, new { node }, cancellation);
    }

    /// <summary>Hands over what the provider said; of a probe that nobody waits for any more nothing is kept.</summary>
    public Task AnswerAsync(Guid id, CheckedProvider answer, CancellationToken cancellation) => database.ExecuteAsync(
        "answer provider probe", "UPDATE provider_probes SET answer = @answer::jsonb WHERE id = @id",
        new { id, answer = JsonSerializer.Serialize(answer, ProviderCheckStore.Json) }, cancellation);

    private async Task<ProviderCheck?> WaitAsync(Guid id, TimeSpan waitLimit, CancellationToken cancellation)
    {
        const string look = "SELECT claimed_by, asked_at, answer::text FROM provider_probes WHERE id = @id AND answer IS NOT NULL";
        using var timer = new PeriodicTimer(LookInterval, time);
        var asked = time.GetTimestamp();
        while (time.GetElapsedTime(asked) < waitLimit && await timer.WaitForNextTickAsync(cancellation))
        {
            if (await database.QuerySingleOrDefaultAsync<(string Node, DateTime AskedAt, string Answer)?>("look for probe", look, new { id }, cancellation)
                is { } found)
            {
                return new ProviderCheck(
                    found.Node, found.AskedAt, [JsonSerializer.Deserialize<CheckedProvider>(found.Answer, ProviderCheckStore.Json)!]);
            }
        }

        return null;
    }
}
