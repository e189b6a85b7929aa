namespace MarketData.Storage.Dashboard;

/// <summary>Values that a candle had before a provider corrected them.</summary>
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
}
