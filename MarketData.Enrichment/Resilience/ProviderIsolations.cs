using MarketData.Storage.Enrichment;

namespace MarketData.Enrichment.Resilience;

/// <summary>
/// Has this node shut off the providers that people want shut off, and no others, and close the circuits of those that they restore. The database
/// says which: every node looks each second.
/// </summary>
public sealed class ProviderIsolations(IEnumerable<ProviderGate> gates, ProviderIsolationStore store)
{
    /// <summary>How often it is looked.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly ProviderGate[] _gates = [.. gates];
    private IReadOnlyDictionary<string, DateTime>? _restored;

    /// <summary>Looks once.</summary>
    public async Task ApplyAsync(CancellationToken cancellation)
    {
        var restored = await store.ReadRestoredAsync(cancellation);
        var isolated = (await store.ReadAsync(cancellation)).ToDictionary(one => one.Provider);
        foreach (var gate in _gates)
        {
            if (isolated.TryGetValue(gate.Provider, out var isolation))
                await gate.IsolateAsync(Describe(isolation), cancellation);
            else if (gate.IsIsolated || IsNew(gate.Provider, restored))
                await gate.RestoreAsync(cancellation);
        }

        _restored = restored;
    }

    // What was restored before this node looked for the first time says nothing of circuits that opened since.
    private bool IsNew(string provider, IReadOnlyDictionary<string, DateTime> restored) =>
        _restored is { } before && restored.TryGetValue(provider, out var at) && !(before.TryGetValue(provider, out var then) && then == at);

    private static string Describe(ProviderIsolation isolation)
    {
        var who = $"{isolation.IsolatedBy ?? "A person"} shut it off";
        return isolation.Reason is { Length: > 0 } reason ? $"{who}: {reason}" : $"{who}.";
    }
}
