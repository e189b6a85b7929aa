namespace MarketData.Simulator.Market;

/// <summary>
/// The small defects that each provider shows of its own accord, the same ones in every process: sources that differ by hundredths of a
/// percent, missing stretches that are filled in months later, rows of nulls, an exchange that halts. <c>Simulator:Oddities=false</c> turns them off.
/// </summary>
internal sealed class Oddities(SimulatorOptions options)
{
    private const long Day = 86_400_000;
    private const double LargestDifference = 0.0004;

    /// <summary>The bar as another source than the market's own saw it: within 0.04% of the truth.</summary>
    public Bar Seen(PriceHistory history, Provider provider, in Bar bar)
    {
        if (!options.Oddities || IsItsOwnSource(provider, history.Listing))
        {
            return bar;
        }

        var own = history.Seed + (ulong)provider;
        var factor = 1 + LargestDifference * (2 * Noise.Uniform(Noise.Bits(own, bar.Time, 60)) - 1);
        if (provider == Provider.Yahoo && Noise.Uniform(Noise.Bits(own, bar.Time, 61)) < 1.0 / 2000)
        {
            factor *= 1.012;
        }

        double Price(double price) => Math.Round(price * factor, history.Listing.PriceDecimals);
        return bar with { Open = Price(bar.Open), High = Price(bar.High), Low = Price(bar.Low), Close = Price(bar.Close), Turnover = bar.Turnover * factor };
    }

    /// <summary>Whether Polygon lacks a bar: one day in 500, and a quarter of an hour to an hour of one session in 90, until they are 120 days old.</summary>
    public bool PolygonLacks(PriceHistory history, in Bar bar, bool intraday, long now)
    {
        if (!options.Oddities || now - bar.Time > 120 * Day)
        {
            return false;
        }

        var day = bar.Time / Day;
        if (!intraday)
        {
            return Noise.Uniform(Noise.Bits(history.Seed, day, 62)) < 1.0 / 500;
        }

        if (Noise.Uniform(Noise.Bits(history.Seed, day, 63)) >= 1.0 / 90)
        {
            return false;
        }

        var from = day * Day + 15 * 3_600_000L + (long)(Noise.Bits(history.Seed, day, 64) % 4) * 3_600_000;
        var length = 900_000L * (1 + (long)(Noise.Bits(history.Seed, day, 65) % 4));
        return bar.Time >= from && bar.Time < from + length;
    }

    /// <summary>Whether Yahoo's row is null: one in 250, until it is three weeks old.</summary>
    public bool YahooNulls(PriceHistory history, in Bar bar, long now) =>
        options.Oddities && !IsItsOwnSource(Provider.Yahoo, history.Listing) && now - bar.Time is > Day and < 21 * Day
        && Noise.Uniform(Noise.Bits(history.Seed, bar.Time, 66)) < 1.0 / 250;

    /// <summary>A session as Yahoo shows it in the evening, before its figures settle overnight: not yet all of the volume, the extremes not yet quite.</summary>
    public Bar Provisional(PriceHistory history, in Bar bar)
    {
        if (!options.Oddities)
        {
            return bar;
        }

        var decimals = history.Listing.PriceDecimals;
        return bar with
        {
            High = Math.Round(bar.High - 0.1 * (bar.High - Math.Max(bar.Open, bar.Close)), decimals),
            Low = Math.Round(bar.Low + 0.1 * (Math.Min(bar.Open, bar.Close) - bar.Low), decimals),
            Volume = Math.Round(bar.Volume * 0.985),
        };
    }

    /// <summary>Whether Binance stood still: in one month of six, for half an hour to two hours, for every pair.</summary>
    public bool BinanceHalted(ulong seed, long opens, long closes)
    {
        var month = opens / (30 * Day);
        if (!options.Oddities || Noise.Uniform(Noise.Bits(seed, month, 67)) >= 1.0 / 6)
        {
            return false;
        }

        var from = month * 30 * Day + (long)(Noise.Bits(seed, month, 68) % 8000) * 300_000;
        var until = from + 1_800_000L * (1 + (long)(Noise.Bits(seed, month, 69) % 4));
        return opens >= from && closes <= until;
    }

    /// <summary>Whether nobody traded on Coinbase in a bar of five minutes or less: one in 500, which has no row then.</summary>
    public bool CoinbaseLacks(PriceHistory history, long opens, long length) =>
        options.Oddities && length <= 300_000 && Noise.Uniform(Noise.Bits(history.Seed, opens / 300_000, 80)) < 1.0 / 500;

    private static bool IsItsOwnSource(Provider provider, Listing listing) => provider switch
    {
        Provider.Polygon => !listing.IsCrypto,
        Provider.Coinbase => false,
        Provider.Yahoo => !listing.IsCrypto && !listing.IsUnitedStatesShare,
        _ => true,
    };
}
