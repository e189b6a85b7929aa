using MarketData.Storage.Dashboard;

namespace MarketData.Api.Enrichment;

/// <summary>A page of runs, newest first.</summary>
public sealed record RunPage
{
    /// <summary>The runs.</summary>
    public required IReadOnlyList<RunSummary> Items { get; init; }

    /// <summary>Where the next page begins; null on the last one.</summary>
    public string? NextCursor { get; init; }

    /// <summary>Runs that match, on all pages.</summary>
    public required long Total { get; init; }
}
