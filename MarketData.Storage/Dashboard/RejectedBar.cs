namespace MarketData.Storage.Dashboard;

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
