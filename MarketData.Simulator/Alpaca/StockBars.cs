using MarketData.Simulator.Market;
using MarketData.Simulator.Polygon;

namespace MarketData.Simulator.Alpaca;

/// <summary>
/// Alpaca's bars as traded: clock hours of New York, trading outside regular hours in the intraday ones, days stamped with New York's midnight.
/// </summary>
internal sealed class StockBars(SimulatedMarket market)
{
    private static readonly DateOnly HistoryBegins = new(2016, 1, 1);

    /// <summary>The bars of one symbol in time order; the last may still be forming.</summary>
    public IEnumerable<Bar> Bars(string symbol, StockBarsQuery query)
    {
        // Trading outside regular hours reaches past midnight UTC.
        var (from, to) = (DayOf(query.Start).AddDays(-1), DayOf(query.End));
        from = from > HistoryBegins ? from : HistoryBegins;
        to = to < market.Today ? to : market.Today;
        if (from > to)
        {
            return [];
        }

        return Companies(symbol, query.AsOf).SelectMany(company =>
            (query.IsIntraday ? Intraday(company, query.Step, from, to) : Daily(company, from, to)).Where(bar =>
                bar.Time >= query.Start && bar.Time <= query.End && IsServed(company, symbol, query, company.Listing.Venue.DateAt(bar.Time))));
    }

    /// <summary>The company that had a symbol on a day; without a day all that have had it, one after another.</summary>
    private IEnumerable<PriceHistory> Companies(string symbol, DateOnly? asOf)
    {
        var all = TickerTimeline.Companies(market, symbol);
        return asOf is not { } day
            ? all
            : all.Where(company => company.Listing.FirstDay <= day && TickerTimeline.IsServed(company.Listing, symbol, day)).TakeLast(1);
    }

    // As of a day, a company's bars are its own whatever it was called; without one a symbol's are whoever's was called so.
    private static bool IsServed(PriceHistory company, string symbol, StockBarsQuery query, DateOnly day) =>
        query.AsOf is not null || TickerTimeline.IsServed(company.Listing, symbol, day);

    private IEnumerable<Bar> Intraday(PriceHistory company, long step, DateOnly from, DateOnly to) =>
        market.Intraday(company, from, to, step, day => company.Listing.Venue.Midnight(day.Date), extended: true);

    private IEnumerable<Bar> Daily(PriceHistory company, DateOnly from, DateOnly to) =>
        market.Sessions(company, from, to).Select(session => session.Bar with { Time = company.Listing.Venue.Midnight(session.Day.Date) });

    private static DateOnly DayOf(long time) => DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeMilliseconds(time).UtcDateTime);
}
