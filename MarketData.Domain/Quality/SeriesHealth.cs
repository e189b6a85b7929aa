using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;

namespace MarketData.Domain.Quality;

/// <summary>Judges a series by its figures.</summary>
public static class SeriesHealth
{
    private const int LateAfter = 2;
    private const int StaleAfter = 3;

    /// <summary>How a series stands.</summary>
    /// <param name="score">Mean candle score × completeness; null when nothing is stored.</param>
    /// <param name="completeness">Share of the expected candles that is stored.</param>
    /// <param name="last">Opening instant of the newest candle, UTC; null when nothing is stored.</param>
    /// <param name="now">The instant of the judgement, UTC.</param>
    /// <param name="calendar">The instrument's calendar.</param>
    /// <param name="interval">The series' interval.</param>
    /// <param name="thresholds">What is too low.</param>
    /// <param name="isDelisted">Whether no provider knows the symbol any more: then the series is not late, it has ended.</param>
    public static SymbolHealth Judge(
        double? score, double? completeness, DateTime? last, DateTime now, TradingCalendar calendar, BarInterval interval,
        QualityThresholds thresholds, bool isDelisted = false)
    {
        ArgumentNullException.ThrowIfNull(thresholds);
        if (last is not { } newest || score is null || completeness is null)
            return SymbolHealth.Pending;
        if (isDelisted)
            return SymbolHealth.Delisted;
        var missed = MissedCandles(newest, now, calendar, interval);
        if (missed > StaleAfter)
            return SymbolHealth.Stale;
        return missed > LateAfter || score < thresholds.MinimumScore || completeness < thresholds.MinimumCompleteness
            ? SymbolHealth.Warning
            : SymbolHealth.Healthy;
    }

    /// <summary>When <see cref="Judge"/> may come out otherwise though nothing is stored; null when it never will.</summary>
    /// <param name="newest">Opening instant of the newest candle, UTC.</param>
    /// <param name="now">The instant of the last judgement, UTC; what is returned is later.</param>
    /// <param name="calendar">The instrument's calendar.</param>
    /// <param name="interval">The series' interval.</param>
    public static DateTime? ChangesAt(DateTime newest, DateTime now, TradingCalendar calendar, BarInterval interval)
    {
        ArgumentNullException.ThrowIfNull(calendar);
        var (unit, candle) = interval.IsIntraday() ? (BarInterval.OneDay, newest.Date) : (interval, newest);
        for (var missed = 1; missed <= StaleAfter + 1; missed++)
        {
            candle = calendar.Next(candle, unit);
            if (missed > LateAfter && calendar.CloseOf(candle, unit) is var close && close > now)
                return close;
        }

        return null;
    }

    /// <summary>Whether more candles have closed after the newest one than a provider's delay explains.</summary>
    public static bool IsLate(DateTime newest, DateTime now, TradingCalendar calendar, BarInterval interval) =>
        MissedCandles(newest, now, calendar, interval) > LateAfter;

    /// <summary>How many candles after the newest one have closed; 0 when it is the last that could be there.</summary>
    /// <remarks>
    /// Intraday series are enriched once a night: their age counts in sessions, since between two runs they cannot be younger.
    /// </remarks>
    public static long MissedCandles(DateTime newest, DateTime now, TradingCalendar calendar, BarInterval interval)
    {
        ArgumentNullException.ThrowIfNull(calendar);
        var unit = interval.IsIntraday() ? BarInterval.OneDay : interval;
        var lastClosed = calendar.LastClosed(now, unit);
        var reached = interval.IsIntraday() ? newest.Date : newest;
        return lastClosed <= reached ? 0 : calendar.CountExpected(reached.AddTicks(1), lastClosed.AddTicks(1), unit);
    }
}
