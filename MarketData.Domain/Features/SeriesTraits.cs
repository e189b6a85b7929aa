using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;

namespace MarketData.Domain.Features;

/// <summary>What a computation needs to know about its series beside the candles.</summary>
internal sealed record SeriesTraits(Instrument Instrument, Timeframe Timeframe)
{
    public TradingCalendar Calendar { get; } = TradingCalendar.For(Instrument);
}
