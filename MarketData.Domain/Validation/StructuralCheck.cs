using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;

namespace MarketData.Domain.Validation;

/// <summary>The structural rules: a bar that breaks one is rejected, and kept apart from candles with the reason.</summary>
public static class StructuralCheck
{
    /// <summary>Separates an answer into candles to keep and bars to reject.</summary>
    /// <param name="candles">
    /// One provider's answer, in time order; equal repeats count once, different candles for one instant are all rejected.
    /// </param>
    /// <param name="calendar">The instrument's calendar.</param>
    /// <param name="interval">The candles' interval.</param>
    /// <param name="now">The instant of the check, UTC.</param>
    public static (Candle[] Kept, IReadOnlyList<RejectedBar> Rejected) Separate(
        ReadOnlySpan<Candle> candles, TradingCalendar calendar, BarInterval interval, DateTime now)
    {
        ArgumentNullException.ThrowIfNull(calendar);
        var kept = new List<Candle>(candles.Length);
        var rejected = new List<RejectedBar>();
        for (var i = 0; i < candles.Length;)
        {
            var end = EndOfInstant(candles, i);
            var differ = Differ(candles[i..end]);
            foreach (ref readonly var candle in candles[i..(differ ? end : i + 1)])
            {
                if ((Broken(candle, calendar, interval, now) ?? (differ ? ValidationRules.DuplicateConflict : null)) is { } rule)
                    rejected.Add(Reject(candle, rule));
                else
                    kept.Add(candle);
            }

            i = end;
        }

        return ([.. kept], rejected);
    }

    /// <summary>The id of the first structural rule that the candle breaks by itself; null when it breaks none.</summary>
    public static string? Broken(in Candle candle, TradingCalendar calendar, BarInterval interval, DateTime now)
    {
        ArgumentNullException.ThrowIfNull(calendar);
        var (open, high, low, close) = (candle.Open, candle.High, candle.Low, candle.Close);
        if (!double.IsFinite(open) || !double.IsFinite(high) || !double.IsFinite(low) || !double.IsFinite(close) || !double.IsFinite(candle.Volume))
            return ValidationRules.NotFinite;
        if (candle.Timestamp > now)
            return ValidationRules.Future;
        if (!calendar.IsExpected(candle.Timestamp, interval))
            return ValidationRules.OffGrid;
        if (open <= 0 || high <= 0 || low <= 0 || close <= 0)
            return ValidationRules.NonPositivePrice;
        if (high < Math.Max(open, close) || low > Math.Min(open, close))
            return ValidationRules.OhlcOrder;
        return candle.Volume < 0 ? ValidationRules.NegativeVolume : null;
    }

    private static int EndOfInstant(ReadOnlySpan<Candle> candles, int start)
    {
        var end = start + 1;
        while (end < candles.Length && candles[end].Timestamp == candles[start].Timestamp)
            end++;
        return end;
    }

    private static bool Differ(ReadOnlySpan<Candle> sameInstant)
    {
        foreach (ref readonly var candle in sameInstant[1..])
        {
            if (candle != sameInstant[0])
                return true;
        }

        return false;
    }

    private static RejectedBar Reject(in Candle candle, string rule) =>
        new(candle.Timestamp, candle.Open, candle.High, candle.Low, candle.Close, candle.Volume, rule,
            ValidationRules.Structural.First(known => known.Id == rule).Meaning);
}
