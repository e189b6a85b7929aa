namespace MarketData.Storage.Dashboard;

/// <summary>Feature computations in one stretch of time, of one kind, for one interval.</summary>
public sealed record ComputePoint
{
    /// <summary>Start of the stretch, UTC.</summary>
    public required DateTime Bucket { get; init; }

    /// <summary>The kind, such as <c>universal</c> or <c>crypto</c>.</summary>
    public required string ComputeType { get; init; }

    /// <summary>The interval.</summary>
    public required string Timeframe { get; init; }

    /// <summary>Computations made.</summary>
    public required long Total { get; init; }

    /// <summary>Those that failed.</summary>
    public required long Failed { get; init; }

    /// <summary>Mean time of a computation, milliseconds.</summary>
    public double? AvgComputationTimeMs { get; init; }

    /// <summary>95th percentile of the time of a computation, milliseconds.</summary>
    public double? P95ComputationTimeMs { get; init; }

    /// <summary>Feature values computed.</summary>
    public required long FeaturesComputed { get; init; }
}
