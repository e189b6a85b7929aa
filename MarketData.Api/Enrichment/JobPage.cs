using MarketData.Storage.Dashboard;

namespace MarketData.Api.Enrichment;

/// <summary>A page of jobs, newest first.</summary>
public sealed record JobPage
{
    /// <summary>The jobs.</summary>
    public required IReadOnlyList<JobSummary> Items { get; init; }

    /// <summary>Where the next page begins; null on the last one.</summary>
    public string? NextCursor { get; init; }

    /// <summary>Jobs that match, counted up to 10,000.</summary>
    public required long Total { get; init; }

    /// <summary>Whether more than 10,000 match.</summary>
    public required bool TotalIsMinimum { get; init; }
}
