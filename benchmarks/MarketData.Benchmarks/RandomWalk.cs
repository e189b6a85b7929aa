using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;

namespace MarketData.Benchmarks;

/// <summary>Series like real ones: on the calendar, volatile in clusters, with volume that follows. The same seed gives the same series.</summary>
internal static class RandomWalk
{
    private static readonly DateTime Start = new(2015, 1, 5, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>So many candles on the calendar of the class.</summary>
    public static Candle[] Candles(AssetClass assetClass, BarInterval interval, int count, int seed = 1, DateTime? start = null)
    {
        var random = new Random(seed);
        var candles = new Candle[count];
        var (price, volatility) = (50 + random.NextDouble() * 200, 0.002);
        var i = 0;
        foreach (var instant in TradingCalendar.For(new Instrument(default, assetClass)).Expected(start ?? Start, DateTime.MaxValue.AddYears(-7900), interval).Take(count))
        {
            volatility = Math.Clamp(volatility * Math.Exp(0.1 * (random.NextDouble() - 0.5)), 0.0005, 0.01);
            candles[i++] = Next(random, instant, ref price, volatility, assetClass == AssetClass.Crypto);
        }

        return i == count ? candles : throw new InvalidOperationException("The calendar ended before the series did.");
    }

    private static Candle Next(Random random, DateTime instant, ref double price, double volatility, bool isCrypto)
    {
        var open = price;
        price = Cents(Math.Max(1, price * Math.Exp(volatility * (random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5))));
        var volume = Math.Round(1e5 * (0.5 + random.NextDouble()) * (1 + 100 * volatility));
        var candle = new Candle
        {
            Timestamp = instant,
            Open = open,
            High = Cents(Math.Max(open, price) * (1 + volatility * random.NextDouble()) + 0.005),
            Low = Cents(Math.Min(open, price) * (1 - volatility * random.NextDouble()) - 0.005),
            Close = price,
            Volume = volume,
            Vwap = Math.Round((open + price) / 2, 4),
            TradeCount = random.Next(100, 10_000),
        };
        return !isCrypto ? candle : candle with
        {
            TakerBuyVolume = volume * 0.45,
            TakerSellVolume = volume * 0.55,
            OpenInterest = 1e6 + volume,
            FundingRate = 1e-4 * (instant.Hour / 8 - 1),
            LongShortRatio = 1 + volatility,
        };
    }

    private static double Cents(double price) => Math.Round(price, 2);
}
