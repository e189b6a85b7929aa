using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using MarketData.Enrichment.Providers.Wire;

namespace MarketData.Enrichment.Providers;

/// <summary>Builds longer bars from shorter ones where a provider's own do not lie on the session's grid.</summary>
internal static class BarAggregator
{
    /// <summary>
    /// Replaces normalised bars by the longer ones that they make up. An hour of which a part is missing, since nobody traded then, is noted as
    /// incomplete; one with a part that is no bar, and a week without one of its days, is left out and counted.
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
            var isWhole = next - i == calendar.CountExpected(start, end, part);
            if (parts.AsSpan(i..next).IsAscending() && (isWhole || (whole.IsIntraday() && !IsRejected(buffer, start, end))))
            {
                buffer.Add(Candle.Combine(start, parts.AsSpan(i..next)), timed: true);
                if (!isWhole)
                    buffer.Incomplete.Add(start);
            }
            else
            {
                buffer.IncompleteBuckets++;
            }

            i = Math.Max(next, i + 1);
        }
    }

    private static bool IsRejected(CandleBuffer buffer, DateTime start, DateTime end) =>
        buffer.Rejected.Exists(bar => bar.Timestamp >= start && bar.Timestamp < end);

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
