namespace MarketData.Storage.Dashboard;

/// <summary>What <see cref="CandleStoryReader"/> reads.</summary>
/// <param name="Versions">The values that it had and has, oldest first.</param>
/// <param name="Actions">The splits and dividends in effect whose ex-date lies after its day, oldest first.</param>
/// <param name="Rejected">Bars for the same instant that were refused, the last seen first.</param>
/// <param name="CrossChecks">What came of comparing providers on its day.</param>
public sealed record CandleStoryRows(
    IReadOnlyList<CandleVersion> Versions, IReadOnlyList<CorporateAction> Actions, IReadOnlyList<RejectedBar> Rejected,
    IReadOnlyList<DailyCrossCheck> CrossChecks);

/// <summary>Values that a candle had, or has, and what brought them.</summary>
public sealed record CandleVersion
{
    /// <summary>When they came on record, UTC.</summary>
    public required DateTime RecordedAt { get; init; }

    /// <summary>When they were replaced or removed, UTC; null while they are on record.</summary>
    public DateTime? ReplacedAt { get; init; }

    /// <summary>First price, as traded.</summary>
    public required double Open { get; init; }

    /// <summary>Highest price, as traded.</summary>
    public required double High { get; init; }

    /// <summary>Lowest price, as traded.</summary>
    public required double Low { get; init; }

    /// <summary>Last price, as traded.</summary>
    public required double Close { get; init; }

    /// <summary>Units traded.</summary>
    public required double Volume { get; init; }

    /// <summary>Volume-weighted average price, as traded; null when not told.</summary>
    public double? Vwap { get; init; }

    /// <summary>Trades; null when not told.</summary>
    public long? TradeCount { get; init; }

    /// <summary>Who supplied them.</summary>
    public required string Source { get; init; }

    /// <summary>Whether they counted as validated.</summary>
    public required bool IsValidated { get; init; }

    /// <summary>Their score, 0 to 1.</summary>
    public required double QualityScore { get; init; }

    /// <summary>The ids of the rules that fired; null when none did.</summary>
    public string[]? ValidationNotes { get; init; }

    /// <summary>
    /// Why: <c>fetched</c>, <c>imported</c> or <c>built</c> of days where there was nothing; <c>corrected</c> by the same provider,
    /// <c>other_provider</c>, <c>import_undone</c> or <c>rebuilt</c> in the place of others.
    /// </summary>
    public string Cause { get; init; } = "";

    /// <summary>The run that brought them; null when that is not on record any more.</summary>
    public Guid? JobId { get; init; }

    /// <summary>The number of the symbol's job in that run.</summary>
    public long? EnrichmentJobId { get; init; }

    /// <summary>What started the run.</summary>
    public string? Trigger { get; init; }

    /// <summary>Who asked for it; null when nobody did.</summary>
    public string? RequestedBy { get; init; }

    /// <summary>The trace of the fetch that brought them, 32 hexadecimal digits.</summary>
    public string? TraceId { get; init; }
}
