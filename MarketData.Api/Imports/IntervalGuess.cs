using MarketData.Domain.Candles;

namespace MarketData.Api.Imports;

/// <summary>Tells the interval of bars that nobody said it of: the least time from one to the next of a symbol.</summary>
internal static class IntervalGuess
{
    // By the clocks of an exchange a day has 23 to 25 hours.
    private static readonly TimeSpan Change = TimeSpan.FromHours(1);

    /// <summary>The interval of some rows; null when they do not tell.</summary>
    public static BarInterval? Of(IEnumerable<BarRow> rows)
    {
        var least = TimeSpan.MaxValue;
        foreach (var symbol in rows.Where(row => row.Flaw is null).GroupBy(row => row.Symbol))
        {
            var stamps = symbol.Select(row => row.Stamp.Value).Distinct().Order().ToList();
            for (var i = 1; i < stamps.Count; i++)
                least = stamps[i] - stamps[i - 1] < least ? stamps[i] - stamps[i - 1] : least;
        }

        if (least == TimeSpan.MaxValue)
            return null;
        if (least > TimeSpan.FromDays(6) && least < TimeSpan.FromDays(8))
            return BarInterval.OneWeek;
        if (least >= TimeSpan.FromDays(1) - Change && least < TimeSpan.FromDays(5))
            return BarInterval.OneDay;
        foreach (var interval in BarIntervals.All)
        {
            if (interval.IsIntraday() && interval.Length() == least)
                return interval;
        }

        return null;
    }
}
