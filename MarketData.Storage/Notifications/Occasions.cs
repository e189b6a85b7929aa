namespace MarketData.Storage.Notifications;

/// <summary>What a rule tells people of.</summary>
public static class Occasions
{
    /// <summary>A run has ended in which symbols failed for good; over when each of them was enriched since.</summary>
    public const string RunFailed = "run_failed";

    /// <summary>The nightly run has not begun, or not ended.</summary>
    public const string RunLate = "run_late";

    /// <summary>A symbol's newest candle is more than three sessions old.</summary>
    public const string SymbolStale = "symbol_stale";

    /// <summary>A provider's circuit is open, or the provider was shut off.</summary>
    public const string CircuitOpen = "circuit_open";

    /// <summary>A split or dividend that the price does not show, and that nobody has decided on.</summary>
    public const string ActionDisputed = "action_disputed";

    /// <summary>A symbol's quality score is below the rule's bar.</summary>
    public const string QualityLow = "quality_low";

    /// <summary>A symbol had not the candles by the time of day at which they were due.</summary>
    public const string NotFresh = "not_fresh";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [RunFailed, RunLate, SymbolStale, CircuitOpen, ActionDisputed, QualityLow, NotFresh];
}
