using MarketData.Simulator.Market;

namespace MarketData.Simulator.Coinbase;

/// <summary>Coinbase's candles of a pair, the forming one included; none before its listing, and none of a bar in which nobody traded.</summary>
internal sealed class ProductCandles(SimulatedMarket market, Oddities oddities)
{
    private const long Day = 86_400_000;

    /// <summary>Candles that open from <paramref name="from"/> to <paramref name="to"/> (Unix milliseconds, both included), in time order.</summary>
    public IEnumerable<Bar> Bars(PriceHistory history, long length, long from, long to)
    {
        if (from > to)
        {
            return [];
        }

        var (first, last) = (DateOf(from), DateOf(to));
        var bars = length < Day
            ? market.Intraday(history, first, last, length, day => day.Opens, extended: false)
            : market.Sessions(history, first, last).Select(session => session.Bar);
        return bars
            .Where(bar => bar.Time >= from && bar.Time <= to && !oddities.CoinbaseLacks(history, bar.Time, length))
            .Select(bar => oddities.Seen(history, Provider.Coinbase, bar));
    }

    private static DateOnly DateOf(long time) => DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeMilliseconds(time).UtcDateTime);
}
