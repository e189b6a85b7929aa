using MarketData.Simulator.Market;

namespace MarketData.Simulator.Binance;

/// <summary>Binance's klines of a pair, the forming one included; nothing before its listing, nothing while the exchange stood still.</summary>
internal sealed class Klines(SimulatedMarket market, Oddities oddities, SimulatorOptions options)
{
    private const long Day = 86_400_000;

    /// <summary>Klines that open from <paramref name="from"/> to <paramref name="to"/> (Unix milliseconds, both included), in time order.</summary>
    public IEnumerable<Bar> Bars(PriceHistory history, long length, long from, long to)
    {
        if (from > to)
        {
            return [];
        }

        var start = DateOf(KlineIntervals.Floor(from, length));
        var end = DateOf(KlineIntervals.Next(KlineIntervals.Floor(to, length), length) - 1);
        var bars = length < Day
            ? market.Intraday(history, start, end, length, day => day.Opens, extended: false)
            : Grouped(market.Sessions(history, start, end).Select(session => session.Bar), length);
        return bars.Where(bar => bar.Time >= from && bar.Time <= to && !oddities.BinanceHalted(options.Seed, bar.Time, bar.Time + length));
    }

    private static IEnumerable<Bar> Grouped(IEnumerable<Bar> days, long length)
    {
        Bar? open = null;
        foreach (var day in days)
        {
            var opens = KlineIntervals.Floor(day.Time, length);
            if (open is { } before && before.Time == opens)
            {
                open = before.Append(day);
                continue;
            }

            if (open is { } done)
            {
                yield return done;
            }

            open = day with { Time = opens };
        }

        if (open is { } last)
        {
            yield return last;
        }
    }

    private static DateOnly DateOf(long time) => DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeMilliseconds(time).UtcDateTime);
}
