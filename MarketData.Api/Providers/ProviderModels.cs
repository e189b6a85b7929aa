using MarketData.Storage.Dashboard;
using MarketData.Storage.Enrichment;

namespace MarketData.Api.Providers;

/// <summary>How providers did over a window.</summary>
/// <param name="Window">The window asked for, such as <c>24h</c>.</param>
/// <param name="Providers">Each provider.</param>
public sealed record ProviderMetrics(string Window, IReadOnlyList<ProviderCalls> Providers);

/// <summary>Requests, series, errors and latency of one provider over a window.</summary>
/// <param name="Provider">The provider.</param>
/// <param name="RequestsSent">Requests sent, as the provider counts them: of every kind, each page and each attempt, answered or not.</param>
/// <param name="NotAsked">Requests not made, since the circuit was open.</param>
/// <param name="Calls">Series fetched: a symbol's interval, or a portion of it, that the provider was asked for.</param>
/// <param name="Errors">Those that failed.</param>
/// <param name="ErrorRate">Errors ÷ series fetched, 0 to 1; null when there was none.</param>
/// <param name="AvgLatencyMs">Mean response time of a request that was answered, without waits of our own, milliseconds.</param>
/// <param name="P95LatencyMs">Its 95th percentile, to a tenth, milliseconds.</param>
/// <param name="RecordsFetched">Candles fetched.</param>
/// <param name="RecordsInserted">Candles that were new.</param>
/// <param name="CircuitState">The worst state of its circuit on any live node; null when no live node reports it.</param>
/// <param name="LastSuccessAt">When a call last succeeded, UTC.</param>
/// <param name="LastError">The last error.</param>
public sealed record ProviderCalls(
    string Provider, long RequestsSent, long NotAsked, long Calls, long Errors, double? ErrorRate, double? AvgLatencyMs, double? P95LatencyMs,
    long RecordsFetched, long RecordsInserted, string? CircuitState, DateTime? LastSuccessAt, string? LastError)
{
    private static readonly string[] WorstFirst = ["open", "isolated", "half_open", "closed"];

    internal static ProviderCalls From(string provider, SourceTotals? fetches, IReadOnlyList<ProviderState> states) => new(
        Provider: provider,
        RequestsSent: fetches?.RequestsSent ?? 0,
        NotAsked: fetches?.NotAsked ?? 0,
        Calls: fetches?.Total ?? 0,
        Errors: fetches?.Failed ?? 0,
        ErrorRate: 1 - fetches?.SuccessRate,
        AvgLatencyMs: fetches?.AvgResponseTimeMs,
        P95LatencyMs: fetches?.P95ResponseTimeMs,
        RecordsFetched: fetches?.RecordsFetched ?? 0,
        RecordsInserted: fetches?.RecordsInserted ?? 0,
        CircuitState: states.Select(state => state.Resilience).Where(node => node.NodeAlive).Select(node => node.CircuitState)
            .MinBy(state => Array.IndexOf(WorstFirst, state)),
        LastSuccessAt: states.Max(state => state.LastSuccessAt),
        LastError: states.Where(state => state.LastErrorAt is not null).MaxBy(state => state.LastErrorAt)?.LastError);
}
