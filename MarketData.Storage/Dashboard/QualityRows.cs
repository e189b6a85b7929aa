namespace MarketData.Storage.Dashboard;

/// <summary>What <see cref="QualityReader"/> reads.</summary>
public sealed record QualityRows
{
    /// <summary>Metrics by day and interval, oldest first.</summary>
    public required IReadOnlyList<DailyQuality> Daily { get; init; }

    /// <summary>Open gaps, newest first.</summary>
    public required IReadOnlyList<GapSpan> Gaps { get; init; }

    /// <summary>Odd candles, newest first.</summary>
    public required IReadOnlyList<Anomaly> Anomalies { get; init; }

    /// <summary>Refused bars, newest first.</summary>
    public required IReadOnlyList<RejectedBar> Rejected { get; init; }

    /// <summary>Corrected values, newest first.</summary>
    public required IReadOnlyList<Revision> Revisions { get; init; }
}
