using MarketData.Storage.Dashboard;

namespace MarketData.Api.Enrichment;

/// <summary>How the pipeline did over time.</summary>
public sealed record MetricSeries
{
    /// <summary>The window asked for, such as <c>24h</c>.</summary>
    public required string Window { get; init; }

    /// <summary>Length of each stretch of time, seconds.</summary>
    public required int BucketSeconds { get; init; }

    /// <summary>Fetches by stretch, provider and interval; stretches without any are left out.</summary>
    public required IReadOnlyList<FetchPoint> Fetch { get; init; }

    /// <summary>Computations by stretch, kind and interval.</summary>
    public required IReadOnlyList<ComputePoint> Compute { get; init; }

    /// <summary>Quality by day.</summary>
    public required IReadOnlyList<QualityPoint> Quality { get; init; }

    private static readonly int[] BucketMinutes = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440];

    private const int MostBuckets = 100;

    /// <summary>The shortest stretch in common use that cuts a window into at most a hundred.</summary>
    internal static TimeSpan BucketFor(TimeSpan window) =>
        TimeSpan.FromMinutes(BucketMinutes.First(minutes => window <= TimeSpan.FromMinutes((double)minutes * MostBuckets)));
}
