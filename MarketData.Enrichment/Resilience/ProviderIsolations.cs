using MarketData.Storage.Enrichment;

namespace MarketData.Enrichment.Resilience;

/// <summary>Has this node shut off the providers that people want shut off, and no others. The database says which: every node looks each second.</summary>
public sealed class ProviderIsolations(IEnumerable<ProviderGate> gates, ProviderIsolationStore store)
{
    /// <summary>How often it is looked.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly ProviderGate[] _gates = [.. gates];

    /// <summary>Looks once.</summary>
    public async Task ApplyAsync(CancellationToken cancellation)
    {
        var isolated = (await store.ReadAsync(cancellation)).ToDictionary(one => one.Provider);
        foreach (var gate in _gates)
        {
            if (isolated.TryGetValue(gate.Provider, out var isolation))
                await gate.IsolateAsync(Describe(isolation), cancellation);
            else
                await gate.RestoreAsync(cancellation);
        }
    }

    private static string Describe(ProviderIsolation isolation)
    {
        var who = $"{isolation.IsolatedBy ?? "A person"} shut it off";
        return isolation.Reason is { Length: > 0 } reason ? $"{who}: {reason}" : $"{who}.";
    }
}
