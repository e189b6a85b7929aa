namespace MarketData.Storage.Dashboard;

/// <summary>Data quality of one day over all symbols.</summary>
public sealed record QualityPoint
{
    /// <summary>The day, UTC.</summary>
    public required DateOnly MetricDate { get; init; }

    /// <summary>Mean candle score, 0 to 1.</summary>
    public double? AvgQualityScore { get; init; }

    /// <summary>Share of validated candles, 0 to 1.</summary>
    public double? ValidationRate { get; init; }

    /// <summary>Share of the expected candles that are there, 0 to 1.</summary>
    public double? DataCompleteness { get; init; }

    /// <summary>Gaps found.</summary>
    public required long GapsDetected { get; init; }

    /// <summary>Anomalies found.</summary>
    public required long AnomaliesDetected { get; init; }

    /// <summary>Candles rejected.</summary>
    public required long RejectedRecords { get; init; }
}
