using MarketData.Testing;

namespace MarketData.Chaos.Tests;

/// <summary>What scenarios need whose work fells nodes.</summary>
internal sealed partial class ChaosWorld
{
    // docs/reliability.md promises it to whoever starts services.
    private const int RanOutOfMemory = 71;

    /// <summary>Settings under which a large answer has the time that it takes.</summary>
    public static (string Name, string Value)[] LongAttempts =>
        [("Providers:Polygon:Resilience:AttemptTimeout", "00:00:30"), ("Providers:Binance:Resilience:AttemptTimeout", "00:00:30")];

    /// <summary>Has one node work until a run has ended, and starts another whenever it ran out of memory.</summary>
    /// <returns>How often one was started again.</returns>
    public async Task<int> WorkAndRestartAsync(Guid run, params (string Name, string Value)[] settings)
    {
        for (var restarts = 0; ; restarts++)
        {
            var node = await StartNodeAsync(settings);
            await Eventually.BecomesAsync(async () => node.HasEnded || await HasEndedAsync(run), WaitLimit, Cancellation);
            if (!node.HasEnded)
                return restarts;
            node.ExitCode.ShouldBe(RanOutOfMemory, node.LastWords);
        }
    }

    /// <summary>Waits until a node that lives works on a symbol, and returns the id of its process; null once the symbol's job has ended.</summary>
    public async Task<int?> HolderAsync(string symbol)
    {
        const string holder = """
            FROM enrichment_jobs j JOIN enrichment_nodes n ON n.node_id = j.lease_owner
            WHERE j.symbol = @symbol AND n.process_id = ANY (@living)
            """;
        var arguments = new { symbol, living = _nodes.Where(node => !node.HasEnded).Select(node => node.Id).ToArray() };
        await HoldsAsync($"EXISTS (SELECT {holder}) OR (SELECT completed_at IS NOT NULL FROM enrichment_jobs WHERE symbol = @symbol)", arguments);
        return await ScalarAsync<int?>($"SELECT n.process_id {holder}", arguments);
    }
}
