using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using MarketData.Enrichment.Providers.Wire;

namespace MarketData.Enrichment.Providers;

/// <summary>Builds longer bars from shorter ones where a provider's own do not lie on the session's grid.</summary>
internal static class BarAggregator
{
    /// <summary>
    /// Replaces normalised bars by the longer ones that they make up. A longer bar with a missing part is left out and counted.
    /// </summary>
    public static void Aggregate(CandleBuffer buffer, TradingCalendar calendar, BarInterval part, BarInterval whole)
    {
        var parts = buffer.Candles.ToArray();
        buffer.Truncate(0);
        for (var i = 0; i < parts.Length;)
        {
            var start = calendar.IsExpected(parts[i].Timestamp, whole) ? parts[i].Timestamp : calendar.Previous(parts[i].Timestamp, whole);
            var end = calendar.CloseOf(start, whole);
            if (whole == BarInterval.OneWeek)
                end = start.AddDays(7);
            var next = i;
            while (next < parts.Length && parts[next].Timestamp < end)
                next++;
            if (next - i == calendar.CountExpected(start, end, part) && parts.AsSpan(i..next).IsAscending())
                buffer.Add(Candle.Combine(start, parts.AsSpan(i..next)), timed: true);
            else
                buffer.IncompleteBuckets++;
            i = Math.Max(next, i + 1);
        }
    }

    private static bool IsAscending(this Span<Candle> parts)
    {
        for (var i = 1; i < parts.Length; i++)
        {
            if (parts[i].Timestamp <= parts[i - 1].Timestamp)
                return false;
        }

        return true;
    }
}
