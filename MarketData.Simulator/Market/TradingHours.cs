using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;

namespace MarketData.Simulator.Market;

/// <summary>When a listing trades on one of its days, as its exchange's calendar has it; all instants in Unix milliseconds.</summary>
/// <param name="Date">Date at the exchange.</param>
/// <param name="Opens">Begin of trading.</param>
/// <param name="BreakStarts">Begin of the lunch break; where there is none, the close.</param>
/// <param name="BreakEnds">End of the lunch break; where there is none, the close.</param>
/// <param name="Closes">End of trading.</param>
internal readonly record struct TradingHours(DateOnly Date, long Opens, long BreakStarts, long BreakEnds, long Closes)
{
    private const long Minute = 60_000;

    /// <summary>Minutes of trading.</summary>
    public int Minutes => (int)((BreakStarts - Opens + Closes - BreakEnds) / Minute);

    /// <summary>When the <paramref name="index"/>-th minute of trading begins.</summary>
    public long MinuteAt(int index)
    {
        var time = Opens + index * Minute;
        return time < BreakStarts ? time : time + BreakEnds - BreakStarts;
    }

    /// <summary>The trading days of a listing from <paramref name="from"/> to <paramref name="to"/>, both included.</summary>
    public static IEnumerable<TradingHours> Between(Listing listing, DateOnly from, DateOnly to)
    {
        var calendar = listing.Venue.Exchange.Calendar;
        foreach (var stamp in calendar.Expected(Midnight(from), Midnight(to.AddDays(1)), BarInterval.OneDay))
        {
            if (calendar.TryGetSession(DateOnly.FromDateTime(stamp), out var session))
            {
                yield return Of(session);
            }
        }
    }

    private static TradingHours Of(in Session session) => new(
        session.Date, Milliseconds(session.Open), Milliseconds(session.First.End), Milliseconds(session.Second.Start), Milliseconds(session.Close));

    private static DateTime Midnight(DateOnly date) => date.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);

    private static long Milliseconds(DateTime instant) => new DateTimeOffset(instant).ToUnixTimeMilliseconds();
}
