namespace MarketData.Web.Api;

/// <summary>Everything that is known of the quality of a symbol's data.</summary>
public sealed record QualityReport(
    string Symbol, DateOnly Start, DateOnly End, IReadOnlyList<SeriesCoverage> Series, IReadOnlyList<DailyQuality> Daily,
    IReadOnlyList<GapSpan> Gaps, IReadOnlyList<Anomaly> Anomalies, IReadOnlyList<RejectedBar> RejectedCandles, IReadOnlyList<Revision> Revisions);

/// <summary>Score, completeness and coverage of one interval.</summary>
public sealed record SeriesCoverage(
    string Symbol, string Timeframe, DateTimeOffset? First, DateTimeOffset? Last, long Records, long ExpectedRecords, double? Completeness,
    double? QualityScore, string? LastSource, string? BackfillStatus);

/// <summary>The quality of one day in one interval.</summary>
public sealed record DailyQuality(
    string Timeframe, DateOnly MetricDate, int TotalRecords, int ValidatedRecords, int RejectedRecords, int ExpectedRecords,
    double? ValidationRate, int GapsDetected, int AnomaliesDetected, double? AvgQualityScore, double? DataCompleteness);

/// <summary>Expected candles that are missing.</summary>
public sealed record GapSpan(
    string Timeframe, DateTimeOffset Start, DateTimeOffset End, int Length, DateTimeOffset DetectedAt, int AskedCount,
    DateTimeOffset? LastAskedAt, string? LastSource, DateTimeOffset? NextAskAt);

/// <summary>A stored candle that a soft rule found odd.</summary>
public sealed record Anomaly(
    string Timeframe, DateTimeOffset Timestamp, double Close, double Volume, string Source, double QualityScore,
    IReadOnlyList<string> ValidationNotes);

/// <summary>A bar that was refused.</summary>
public sealed record RejectedBar(
    string Timeframe, DateTimeOffset? Timestamp, double? Open, double? High, double? Low, double? Close, double? Volume, string Source,
    string Reason, string? Detail, DateTimeOffset FirstSeenAt, DateTimeOffset LastSeenAt, int TimesSeen);

/// <summary>Values that a candle had before it was corrected.</summary>
public sealed record Revision(
    string Timeframe, DateTimeOffset Timestamp, DateTimeOffset RecordedAt, DateTimeOffset ReplacedAt, double Open, double High, double Low,
    double Close, double Volume, string Source, double QualityScore);

/// <summary>How far providers differ.</summary>
public sealed record CrossCheckReport
{
    /// <summary>By pair of providers and interval.</summary>
    public IReadOnlyList<CrossCheck> Pairs { get; init; } = [];

    /// <summary>By symbol, those that differ most first.</summary>
    public IReadOnlyList<CrossCheck> Symbols { get; init; } = [];

    /// <summary>By day, oldest first.</summary>
    public IReadOnlyList<CrossCheck> Days { get; init; } = [];
}

/// <summary>How far two providers differ in one interval; in one symbol, or on one day, where it says so.</summary>
public sealed record CrossCheck(
    string Provider, string OtherProvider, string Timeframe, string? Symbol, DateOnly? Day, long BarsCompared, long BarsDiffering, double? DisagreementRate,
    double? MaxDifference, double? MeanDifference, long OnlyProvider, long OnlyOther)
{
    /// <summary>Whether another is of the same providers and interval.</summary>
    public bool IsOf(CrossCheck other) => (Provider, OtherProvider, Timeframe) == (other.Provider, other.OtherProvider, other.Timeframe);
}
