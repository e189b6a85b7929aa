using MarketData.Storage.Dashboard;
using MarketData.Storage.Enrichment;

namespace MarketData.Api.Providers;

/// <summary>Calls, errors and latency of one provider over a window.</summary>
public sealed record ProviderCalls
{
    /// <summary>The provider.</summary>
    public required string Provider { get; init; }

    /// <summary>Fetches made.</summary>
    public required long Calls { get; init; }

    /// <summary>Those that failed.</summary>
    public required long Errors { get; init; }

    /// <summary>Errors ÷ calls, 0 to 1; null when there was none.</summary>
    public double? ErrorRate { get; init; }

    /// <summary>Mean response time, milliseconds.</summary>
    public double? AvgLatencyMs { get; init; }

    /// <summary>95th percentile of the response time, milliseconds.</summary>
    public double? P95LatencyMs { get; init; }

    /// <summary>Candles fetched.</summary>
    public required long RecordsFetched { get; init; }

    /// <summary>Candles that were new.</summary>
    public required long RecordsInserted { get; init; }

    /// <summary>The worst state of its circuit on any live node; null when no live node reports it.</summary>
    public string? CircuitState { get; init; }

    /// <summary>When a call last succeeded, UTC.</summary>
    public DateTime? LastSuccessAt { get; init; }

    /// <summary>The last error.</summary>
    public string? LastError { get; init; }

    private static readonly string[] WorstFirst = ["open", "isolated", "half_open", "closed"];

    internal static ProviderCalls From(string provider, SourceTotals? fetches, IReadOnlyList<ProviderState> states) => new()
    {
        Provider = provider,
        Calls = fetches?.Total ?? 0,
        Errors = fetches?.Failed ?? 0,
        ErrorRate = 1 - fetches?.SuccessRate,
        AvgLatencyMs = fetches?.AvgResponseTimeMs,
        P95LatencyMs = fetches?.P95ResponseTimeMs,
        RecordsFetched = fetches?.RecordsFetched ?? 0,
        RecordsInserted = fetches?.RecordsInserted ?? 0,
        CircuitState = states.Select(state => state.Resilience).Where(node => node.NodeAlive).Select(node => node.CircuitState)
            .MinBy(state => Array.IndexOf(WorstFirst, state)),
        LastSuccessAt = states.Max(state => state.LastSuccessAt),
        LastError = states.Where(state => state.LastErrorAt is not null).MaxBy(state => state.LastErrorAt)?.LastError,
    };
}
