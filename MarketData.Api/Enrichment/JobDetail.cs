using MarketData.Storage.Dashboard;

namespace MarketData.Api.Enrichment;

/// <summary>A job with its attempts.</summary>
public sealed record JobDetail
{
    /// <summary>The job.</summary>
    public required JobSummary Job { get; init; }

    /// <summary>Its attempts, first to last.</summary>
    public required IReadOnlyList<JobAttempt> Attempts { get; init; }
}
