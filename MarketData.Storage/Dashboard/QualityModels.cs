namespace MarketData.Storage.Dashboard;

/// <summary>What <see cref="QualityReader"/> reads.</summary>
/// <param name="Daily">Metrics by day and interval, oldest first.</param>
/// <param name="Gaps">Open gaps, newest first.</param>
/// <param name="Anomalies">Odd candles, newest first.</param>
/// <param name="Rejected">Refused bars, newest first.</param>
/// <param name="Revisions">Corrected values, newest first.</param>
public sealed record QualityRows(
    IReadOnlyList<DailyQuality> Daily, IReadOnlyList<GapSpan> Gaps, IReadOnlyList<Anomaly> Anomalies,
    IReadOnlyList<RejectedBar> Rejected, IReadOnlyList<Revision> Revisions);

/// <summary>Quality of one symbol's day in one interval.</summary>
public sealed record DailyQuality
{
    /// <summary>The interval.</summary>
    public required string Timeframe { get; init; }

    /// <summary>The day, UTC.</summary>
    public required DateOnly MetricDate { get; init; }

    /// <summary>Candles stored.</summary>
    public required int TotalRecords { get; init; }

    /// <summary>Candles with a score of at least 0.85.</summary>
    public required int ValidatedRecords { get; init; }

    /// <summary>Candles refused.</summary>
    public required int RejectedRecords { get; init; }

    /// <summary>Candles that the calendar expects.</summary>
    public required int ExpectedRecords { get; init; }

    /// <summary>Validated ÷ total, 0 to 1.</summary>
    public double? ValidationRate { get; init; }

    /// <summary>Gaps, counted once each.</summary>
    public required int GapsDetected { get; init; }

    /// <summary>Price and volume anomalies.</summary>
    public required int AnomaliesDetected { get; init; }

    /// <summary>Mean candle score, 0 to 1.</summary>
    public double? AvgQualityScore { get; init; }

    /// <summary>Stored ÷ expected, 0 to 1.</summary>
    public double? DataCompleteness { get; init; }
}

/// <summary>A run of expected candles that are missing.</summary>
public sealed record GapSpan
{
    /// <summary>The interval.</summary>
    public required string Timeframe { get; init; }

    /// <summary>The first missing instant, UTC.</summary>
    public required DateTime Start { get; init; }

    /// <summary>The last missing instant, UTC.</summary>
    public required DateTime End { get; init; }

    /// <summary>Candles missing.</summary>
    public required int Length { get; init; }

    /// <summary>When it was found, UTC.</summary>
    public required DateTime DetectedAt { get; init; }

    /// <summary>How often providers were asked for it again.</summary>
    public required int AskedCount { get; init; }

    /// <summary>When they were last asked, UTC.</summary>
    public DateTime? LastAskedAt { get; init; }

    /// <summary>Who was asked last.</summary>
    public string? LastSource { get; init; }

    /// <summary>When they will be asked again, UTC.</summary>
    public DateTime? NextAskAt { get; init; }
}

/// <summary>A stored candle that a soft rule found odd.</summary>
public sealed record Anomaly
{
    /// <summary>The interval.</summary>
    public required string Timeframe { get; init; }

    /// <summary>The candle's opening instant, UTC.</summary>
    public required DateTime Timestamp { get; init; }

    /// <summary>Its closing price, as traded.</summary>
    public required double Close { get; init; }

    /// <summary>Its volume, as traded.</summary>
    public required double Volume { get; init; }

    /// <summary>Who supplied it.</summary>
    public required string Source { get; init; }

    /// <summary>Its score, 0 to 1.</summary>
    public required double QualityScore { get; init; }

    /// <summary>The ids of the rules that fired.</summary>
    public required string[] ValidationNotes { get; init; }
}

/// <summary>A bar that broke a structural rule and was not stored as a candle.</summary>
public sealed record RejectedBar
{
    /// <summary>The interval.</summary>
    public required string Timeframe { get; init; }

    /// <summary>Its timestamp, UTC; null when it had none that can be read.</summary>
    public DateTime? Timestamp { get; init; }

    /// <summary>As received.</summary>
    public double? Open { get; init; }

    /// <summary>As received.</summary>
    public double? High { get; init; }

    /// <summary>As received.</summary>
    public double? Low { get; init; }

    /// <summary>As received.</summary>
    public double? Close { get; init; }

    /// <summary>As received.</summary>
    public double? Volume { get; init; }

    /// <summary>Who supplied it.</summary>
    public required string Source { get; init; }

    /// <summary>The id of the rule that it broke.</summary>
    public required string Reason { get; init; }

    /// <summary>What was wrong, in words.</summary>
    public string? Detail { get; init; }

    /// <summary>When it first came, UTC.</summary>
    public required DateTime FirstSeenAt { get; init; }

    /// <summary>When it last came, UTC.</summary>
    public required DateTime LastSeenAt { get; init; }

    /// <summary>How often it came.</summary>
    public required int TimesSeen { get; init; }
}

/// <summary>Values that a candle had before they were replaced, and what replaced them.</summary>
public sealed record Revision
{
    /// <summary>The interval.</summary>
    public required string Timeframe { get; init; }

    /// <summary>The candle's opening instant, UTC.</summary>
    public required DateTime Timestamp { get; init; }

    /// <summary>Since when these values were on record, UTC.</summary>
    public required DateTime RecordedAt { get; init; }

    /// <summary>When they were replaced, UTC.</summary>
    public required DateTime ReplacedAt { get; init; }

    /// <summary>As it was.</summary>
    public required double Open { get; init; }

    /// <summary>As it was.</summary>
    public required double High { get; init; }

    /// <summary>As it was.</summary>
    public required double Low { get; init; }

    /// <summary>As it was.</summary>
    public required double Close { get; init; }

    /// <summary>As it was.</summary>
    public required double Volume { get; init; }

    /// <summary>Who had supplied it.</summary>
    public required string Source { get; init; }

    /// <summary>The score it had, 0 to 1.</summary>
    public required double QualityScore { get; init; }

    /// <summary>
    /// Why: <c>corrected</c> by the same provider, <c>other_provider</c>, <c>imported</c>, <c>import_undone</c>, <c>rebuilt</c> of other days, or
    /// <c>removed</c>.
    /// </summary>
    public required string Cause { get; init; }

    /// <summary>The run that replaced them; null when that is not known.</summary>
    public Guid? JobId { get; init; }

    /// <summary>What started the run.</summary>
    public string? Trigger { get; init; }

    /// <summary>The values that took their place; null when the candle was removed.</summary>
    public RevisedValues? After { get; init; }
}

/// <summary>Values that took the place of others.</summary>
/// <param name="Open">First price, as traded.</param>
/// <param name="High">Highest price, as traded.</param>
/// <param name="Low">Lowest price, as traded.</param>
/// <param name="Close">Last price, as traded.</param>
/// <param name="Volume">Units traded.</param>
/// <param name="Source">Who supplied them.</param>
/// <param name="QualityScore">Their score, 0 to 1.</param>
public sealed record RevisedValues(double Open, double High, double Low, double Close, double Volume, string Source, double QualityScore);

/// <summary>A split or a dividend.</summary>
public sealed record CorporateAction
{
    /// <summary><c>split</c> or <c>dividend</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The first day that trades without it.</summary>
    public required DateOnly ExDate { get; init; }

    /// <summary>Split: this many old shares …</summary>
    public double? RatioFrom { get; init; }

    /// <summary>… became this many new ones.</summary>
    public double? RatioTo { get; init; }

    /// <summary>Dividend per share, as paid.</summary>
    public double? CashAmount { get; init; }

    /// <summary>The dividend's currency, ISO 4217.</summary>
    public string? Currency { get; init; }

    /// <summary>Who reported it.</summary>
    public required string Source { get; init; }

    /// <summary>When it was recorded, UTC.</summary>
    public required DateTime RecordedAt { get; init; }
}

/// <summary>What a provider told of a split or a dividend, and what became of it.</summary>
public sealed record CorporateActionReport
{
    /// <summary>Its number, by which a person decides of it.</summary>
    public required long Id { get; init; }

    /// <summary><c>split</c> or <c>dividend</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Who told; <c>person</c> for what somebody entered.</summary>
    public required string Provider { get; init; }

    /// <summary>The first day that trades without it, as told.</summary>
    public required DateOnly ExDate { get; init; }

    /// <summary>Split: this many old shares …</summary>
    public double? RatioFrom { get; init; }

    /// <summary>… became this many new ones.</summary>
    public double? RatioTo { get; init; }

    /// <summary>Dividend per share, as paid.</summary>
    public double? CashAmount { get; init; }

    /// <summary>The dividend's currency, ISO 4217.</summary>
    public string? Currency { get; init; }

    /// <summary>Dividend: who is on record on this day is paid.</summary>
    public DateOnly? RecordDate { get; init; }

    /// <summary>Dividend: the day of payment.</summary>
    public DateOnly? PayDate { get; init; }

    /// <summary>
    /// <c>in_effect</c>; <c>unverified</c>: in effect, and no price yet that would show it; <c>merged</c> with another of the same event;
    /// <c>disputed</c>, <c>unconverted</c>, <c>invalid</c>: not applied; <c>without_effect</c>; <c>withdrawn</c>: told no more,
    /// or taken out by a person.
    /// </summary>
    public required string State { get; init; }

    /// <summary>Why, where that is not plain.</summary>
    public string? Reason { get; init; }

    /// <summary>When it was told first, UTC.</summary>
    public required DateTime FirstSeenAt { get; init; }

    /// <summary>When it was told last, UTC.</summary>
    public required DateTime LastSeenAt { get; init; }

    /// <summary>When it was told no more, UTC.</summary>
    public DateTime? WithdrawnAt { get; init; }

    /// <summary>What a person decided: <c>confirmed</c> or <c>withdrawn</c>; null when nobody did.</summary>
    public string? Decision { get; init; }

    /// <summary>The day to which a person moved it; null when it stays on its own.</summary>
    public DateOnly? DecidedExDate { get; init; }

    /// <summary>Who decided; null when not known.</summary>
    public string? DecidedBy { get; init; }

    /// <summary>When a person decided, UTC.</summary>
    public DateTime? DecidedAt { get; init; }
}
