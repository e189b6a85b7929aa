namespace MarketData.Simulator.Market;

/// <summary>
/// The slow part of a listing's price: its logarithm at the borders of 64-day blocks, a random walk found by halving the span
/// between known points (Lévy's construction), so that any border costs some ten draws whatever lies before it.
/// </summary>
internal sealed class PriceLevel(ulong seed, Listing listing)
{
    /// <summary>Days in a block.</summary>
    public const int BlockDays = 64;

    private const int LastBlock = 512;
    private const int Stream = 101;
    private const double YearlyGrowth = 0.05;

    private static readonly DateOnly Epoch = new(1970, 1, 1);
    private static readonly int RecentBlock = Block(new DateOnly(2025, 1, 1));

    private readonly int _firstBlock = Block(listing.FirstDay);
    private readonly double _firstLevel = Math.Log(listing.FirstPrice);
    private readonly double _recentLevel = Math.Log(listing.RecentPrice);
    private readonly double _blockVolatility = 0.75 * listing.Volatility * Math.Sqrt(listing.IsCrypto ? BlockDays : BlockDays * 5 / 7);

    /// <summary>The block that <paramref name="date"/> is in.</summary>
    public static int Block(DateOnly date) => (int)Math.Floor((date.DayNumber - Epoch.DayNumber) / (double)BlockDays);

    /// <summary>First day of a block.</summary>
    public static DateOnly FirstDay(int block) => Epoch.AddDays(block * BlockDays);

    /// <summary>Logarithm of the price, in today's shares, at the last close before <paramref name="block"/>.</summary>
    public double Before(int block)
    {
        if (block <= _firstBlock)
        {
            return _firstLevel;
        }

        if (_firstBlock < RecentBlock && block <= RecentBlock)
        {
            return Between(_firstBlock, _firstLevel, RecentBlock, _recentLevel, block);
        }

        var (start, level) = _firstBlock < RecentBlock ? (RecentBlock, _recentLevel) : (_firstBlock, _firstLevel);
        var years = (LastBlock - start) * BlockDays / 365.25;
        var end = level + YearlyGrowth * years + 0.5 * _blockVolatility * Math.Sqrt(LastBlock - start) * Noise.Normal(Noise.Bits(seed, LastBlock, Stream));
        return Between(start, level, LastBlock, end, block);
    }

    private double Between(int low, double lowLevel, int high, double highLevel, int block)
    {
        while (block != low && block != high)
        {
            var middle = (low + high) / 2;
            var share = (double)(middle - low) / (high - low);
            var spread = _blockVolatility * Math.Sqrt((double)(middle - low) * (high - middle) / (high - low));
            var level = lowLevel + (highLevel - lowLevel) * share + spread * Noise.Normal(Noise.Bits(seed, middle, Stream));
            if (block < middle)
            {
                (high, highLevel) = (middle, level);
            }
            else
            {
                (low, lowLevel) = (middle, level);
            }
        }

        return block == low ? lowLevel : highLevel;
    }
}
