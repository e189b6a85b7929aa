using MarketData.Storage.Dashboard;

namespace MarketData.Api.Enrichment;

/// <summary>What is stored of a symbol in one interval.</summary>
public sealed record TimeframeCoverage
{
    /// <summary>The interval.</summary>
    public required string Timeframe { get; init; }

    /// <summary>Opening instant of the first candle, UTC.</summary>
    public DateTime? First { get; init; }

    /// <summary>Opening instant of the last candle, UTC.</summary>
    public DateTime? Last { get; init; }

    /// <summary>Candles stored.</summary>
    public required long Records { get; init; }

    /// <summary>Share of the expected candles that are there, 0 to 1.</summary>
    public double? Completeness { get; init; }

    /// <summary>Mean candle score × completeness, 0 to 1.</summary>
    public double? QualityScore { get; init; }

    /// <summary>The provider that last supplied candles.</summary>
    public string? LastSource { get; init; }

    /// <summary>The last backfill: <c>pending</c>, <c>running</c>, <c>completed</c>, <c>failed</c> or <c>cancelled</c>; null when there was none.</summary>
    public string? BackfillStatus { get; init; }

    internal static TimeframeCoverage From(SeriesCoverage coverage) => new()
    {
        Timeframe = coverage.Timeframe,
        First = coverage.First,
        Last = coverage.Last,
        Records = coverage.Records,
        Completeness = coverage.Completeness,
        QualityScore = coverage.QualityScore,
        LastSource = coverage.LastSource,
        BackfillStatus = coverage.BackfillStatus,
    };
}
