namespace MarketData.Storage.Dashboard;

/// <summary>Data quality over all active symbols.</summary>
public sealed record QualityTotals
{
    /// <summary>Active symbols.</summary>
    public required long SymbolsTracked { get; init; }

    /// <summary>Mean symbol score, 0 to 1; null when no symbol has one.</summary>
    public double? AvgQualityScore { get; init; }

    /// <summary>Mean share of validated candles, 0 to 1.</summary>
    public double? AvgValidationRate { get; init; }

    /// <summary>Mean share of the expected candles that are there, 0 to 1.</summary>
    public double? AvgDataCompleteness { get; init; }

    /// <summary>Gaps found in the window.</summary>
    public required long GapsDetected { get; init; }

    /// <summary>Price and volume anomalies found in the window.</summary>
    public required long AnomaliesDetected { get; init; }

    /// <summary>Candles rejected in the window.</summary>
    public required long Rejected { get; init; }

    /// <summary>Symbols whose score lies below the minimum (0.85).</summary>
    public required long BelowThreshold { get; init; }
}
