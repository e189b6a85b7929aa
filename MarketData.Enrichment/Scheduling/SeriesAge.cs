using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using MarketData.Storage.Enrichment;

namespace MarketData.Enrichment.Scheduling;

/// <summary>How old a series' newest candle is.</summary>
public static class SeriesAge
{
    /// <summary>Seconds from the close of the last candle stored to <paramref name="now"/>, UTC; null when there is none.</summary>
    public static double? Seconds(SeriesGauge series, DateTime now)
    {
        if (series.LastTs is not { } last)
            return null;
        var calendar = TradingCalendar.For(AssetClassNames.Parse(series.AssetClass));
        return (now - calendar.CloseOf(last, BarIntervals.Parse(series.Timeframe))).TotalSeconds;
    }
}
