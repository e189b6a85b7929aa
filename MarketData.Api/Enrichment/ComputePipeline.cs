using MarketData.Storage.Dashboard;

namespace MarketData.Api.Enrichment;

/// <summary>Feature computations over a window, in all and by kind.</summary>
public sealed record ComputePipeline
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

    /// <summary>The same by kind.</summary>
    public required IReadOnlyList<ComputeTypeTotals> ByType { get; init; }

    // The row without a kind is the total.
    internal static ComputePipeline From(IReadOnlyList<ComputeTypeTotals> rows)
    {
        var total = rows.Single(row => row.ComputeType.Length == 0);
        return new()
        {
            Total = total.Total,
            Successful = total.Successful,
            Failed = total.Failed,
            SuccessRate = total.SuccessRate,
            AvgComputationTimeMs = total.AvgComputationTimeMs,
            P95ComputationTimeMs = total.P95ComputationTimeMs,
            FeaturesComputed = total.FeaturesComputed,
            ByType = [.. rows.Where(row => row.ComputeType.Length > 0)],
        };
    }
}
