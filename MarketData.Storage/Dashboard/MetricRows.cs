namespace MarketData.Storage.Dashboard;

/// <summary>What <see cref="MetricsReader"/> reads: sums over a window.</summary>
public sealed record MetricRows
{
    /// <summary>Fetches; the one with an empty source is the total, the others are its parts.</summary>
    public required IReadOnlyList<SourceTotals> Fetches { get; init; }

    /// <summary>Computations; the one with an empty kind is the total, the others are its parts.</summary>
    public required IReadOnlyList<ComputeTypeTotals> Computations { get; init; }

    /// <summary>Quality.</summary>
    public required QualityTotals Quality { get; init; }
}
