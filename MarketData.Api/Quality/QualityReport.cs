using MarketData.Storage.Dashboard;

namespace MarketData.Api.Quality;

/// <summary>Everything that is known of the quality of a symbol's data.</summary>
public sealed record QualityReport
{
    /// <summary>The symbol.</summary>
    public required string Symbol { get; init; }

    /// <summary>The first day reported, UTC.</summary>
    public required DateOnly Start { get; init; }

    /// <summary>The last day reported, UTC.</summary>
    public required DateOnly End { get; init; }

    /// <summary>Score, completeness and coverage by interval, over all that is stored.</summary>
    public required IReadOnlyList<SeriesCoverage> Series { get; init; }

    /// <summary>Metrics by day and interval, oldest first.</summary>
    public required IReadOnlyList<DailyQuality> Daily { get; init; }

    /// <summary>Gaps that are open, newest first, at most <c>limit</c>.</summary>
    public required IReadOnlyList<GapSpan> Gaps { get; init; }

    /// <summary>Candles that soft rules found odd, newest first, at most <c>limit</c>.</summary>
    public required IReadOnlyList<Anomaly> Anomalies { get; init; }

    /// <summary>Bars that were refused, newest first, at most <c>limit</c>.</summary>
    public required IReadOnlyList<RejectedBar> RejectedCandles { get; init; }

    /// <summary>Values that were corrected, newest first, at most <c>limit</c>.</summary>
    public required IReadOnlyList<Revision> Revisions { get; init; }
}
