using MarketData.Domain.Candles;

namespace MarketData.Storage.Imports;

/// <summary>The ranges that an import is stored in, each by one transaction: some ten thousand candles of a stock.</summary>
public static class ImportParts
{
    /// <summary>The beginning of the part that an instant lies in, UTC.</summary>
    public static DateTime BeginOf(DateTime instant, BarInterval interval)
    {
        var length = Length(interval).Ticks;
        return new DateTime(instant.Ticks / length * length, DateTimeKind.Utc);
    }

    /// <summary>The parts that a range touches, in order of time.</summary>
    /// <param name="first">The range's first instant, UTC.</param>
    /// <param name="last">Its last one.</param>
    /// <param name="interval">The interval.</param>
    public static IEnumerable<(DateTime From, DateTime To)> Of(DateTime first, DateTime last, BarInterval interval)
    {
        var length = Length(interval);
        for (var from = BeginOf(first, interval); from <= last; from += length)
        {
            var isLast = DateTime.MaxValue - from <= length;
            yield return (from, isLast ? DateTime.MaxValue : from + length);
            if (isLast)
                yield break;
        }
    }

    private static TimeSpan Length(BarInterval interval) => TimeSpan.FromDays(interval switch
    {
        BarInterval.FiveMinutes => 180,
        BarInterval.FifteenMinutes => 540,
        BarInterval.ThirtyMinutes => 1_080,
        BarInterval.OneHour => 2_160,
        BarInterval.FourHours => 8_640,
        _ => 40_000,
    });
}
