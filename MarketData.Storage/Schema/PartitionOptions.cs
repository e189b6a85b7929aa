using MarketData.Domain.Candles;

namespace MarketData.Storage.Schema;

/// <summary>
/// How many months of an interval's candles are in one partition, or chunk of TimescaleDB, each 1 to 1,200: those that are made from then on.
/// Section <c>Storage:PartitionMonths</c>.
/// </summary>
/// <remarks>One to ten million candles each for 5,000 stocks: fewer cost planning and hardly compress, more are slow to drop.</remarks>
public sealed class PartitionOptions : IntervalSettings<int>
{
    /// <summary>The defaults.</summary>
    public PartitionOptions()
        : base(1, 1_200)
    {
        (FiveMinutes, FifteenMinutes, ThirtyMinutes) = (1, 3, 6);
        (OneHour, FourHours) = (12, 12);
        (OneDay, OneWeek) = (120, 120);
    }

    /// <summary>The setting of every interval.</summary>
    public IReadOnlyDictionary<BarInterval, int> ByInterval() => BarIntervals.All.ToDictionary(interval => interval, For);
}
