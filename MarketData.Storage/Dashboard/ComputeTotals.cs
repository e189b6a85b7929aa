namespace MarketData.Storage.Dashboard;

/// <summary>Feature computations over a window.</summary>
public sealed record ComputeTotals
{
    /// <summary>Computations made.</summary>
    public required long Total { get; init; }

    /// <summary>Those that succeeded.</summary>
    public required long Successful { get; init; }

    /// <summary>Those that failed.</summary>
    public required long Failed { get; init; }

    /// <summary>Successful ÷ total, 0 to 1; null when there was none.</summary>
    public double? SuccessRate { get; init; }

    /// <summary>Mean time of a computation, milliseconds.</summary>
    public double? AvgComputationTimeMs { get; init; }

    /// <summary>95th percentile of the time of a computation, milliseconds.</summary>
    public double? P95ComputationTimeMs { get; init; }

    /// <summary>Feature values computed.</summary>
    public required long FeaturesComputed { get; init; }
}
