namespace MarketData.Storage.Dashboard;

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
