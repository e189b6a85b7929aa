using MarketData.Storage.Dashboard;

namespace MarketData.Api.Enrichment;

/// <summary>How the pipeline did over a window.</summary>
public sealed record DashboardMetrics
{
    /// <summary>The window asked for, such as <c>24h</c>.</summary>
    public required string Window { get; init; }

    /// <summary>Calls to providers.</summary>
    public required FetchPipeline FetchPipeline { get; init; }

    /// <summary>Feature computations.</summary>
    public required ComputePipeline ComputePipeline { get; init; }

    /// <summary>Data quality.</summary>
    public required QualityTotals DataQuality { get; init; }
}
