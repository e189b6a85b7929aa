using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;

namespace MarketData.Storage.Enrichment;

/// <summary>The figures of one series.</summary>
public sealed record SeriesGauge
{
    /// <summary>The symbol.</summary>
    public required string Symbol { get; init; }

    /// <summary>Its class.</summary>
    public required string AssetClass { get; init; }

    /// <summary>The interval.</summary>
    public required string Timeframe { get; init; }

    /// <summary>Opening instant of the last closed candle stored, UTC.</summary>
    public DateTime? LastTs { get; init; }

    /// <summary>0 to 1.</summary>
    public double? QualityScore { get; init; }

    /// <summary>0 to 1.</summary>
    public double? Completeness { get; init; }

    /// <summary>0 to 1.</summary>
    public double? ValidationRate { get; init; }

    /// <summary>Seconds from the close of the last candle stored to <paramref name="now"/>, UTC; null when there is none.</summary>
    public double? AgeSeconds(DateTime now) => LastTs is { } last
        ? (now - TradingCalendar.For(AssetClassNames.Parse(AssetClass)).CloseOf(last, BarIntervals.Parse(Timeframe))).TotalSeconds
        : null;
}
