namespace MarketData.Storage.Dashboard;

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
