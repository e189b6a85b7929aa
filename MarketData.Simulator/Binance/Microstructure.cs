using MarketData.Simulator.Market;

namespace MarketData.Simulator.Binance;

/// <summary>The futures' side of a coin: slow swings of its own, the same from every process.</summary>
internal static class Microstructure
{
    private const double Hour = 3_600_000;

    /// <summary>The funding rate settled at <paramref name="time"/>, a fraction per eight hours: 0.01% in quiet times, within ±0.3%.</summary>
    public static double FundingRate(PriceHistory history, long time)
    {
        var hours = time / Hour;
        var heat = 0.00012 * Noise.Smooth(history.Seed, hours / 200, 90) + 0.00003 * Noise.Smooth(history.Seed, hours / 8, 91);
        return Math.Round(Math.Clamp(0.0001 + heat, -0.003, 0.003), 8);
    }

    /// <summary>Open interest at <paramref name="time"/>, coins.</summary>
    public static double OpenInterest(PriceHistory history, long time)
    {
        var hours = time / Hour;
        return 3 * history.Listing.DailyVolume * Math.Exp(
            0.25 * Noise.Smooth(history.Seed, hours / 600, 92)
            + 0.04 * Noise.Smooth(history.Seed, hours / 30, 93)
            + 0.004 * Noise.Smooth(history.Seed, hours * 6, 94));
    }

    /// <summary>The share of accounts that are net long at <paramref name="time"/>, 0.35 to 0.8.</summary>
    public static double LongAccounts(PriceHistory history, long time)
    {
        var hours = time / Hour;
        return Math.Clamp(0.6 + 0.06 * Noise.Smooth(history.Seed, hours / 90, 95) + 0.01 * Noise.Smooth(history.Seed, hours * 2, 96), 0.35, 0.8);
    }
}
