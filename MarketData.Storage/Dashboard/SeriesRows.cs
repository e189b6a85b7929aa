namespace MarketData.Storage.Dashboard;

/// <summary>What <see cref="MetricsReader"/> reads: sums over time.</summary>
public sealed record SeriesRows
{
    /// <summary>Fetches.</summary>
    public required IReadOnlyList<FetchPoint> Fetches { get; init; }

    /// <summary>Computations.</summary>
    public required IReadOnlyList<ComputePoint> Computations { get; init; }

    /// <summary>Quality by day.</summary>
    public required IReadOnlyList<QualityPoint> Quality { get; init; }
}
