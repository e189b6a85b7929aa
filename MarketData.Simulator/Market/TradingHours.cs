using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;

namespace MarketData.Simulator.Market;

/// <summary>A session's regular hours (equities), or a UTC day (crypto).</summary>
/// <param name="Date">Date in New York or UTC.</param>
/// <param name="Opens">Unix milliseconds.</param>
/// <param name="Closes">Unix milliseconds.</param>
internal readonly record struct TradingHours(DateOnly Date, long Opens, long Closes)
{
    /// <summary>The trading days of a listing from <paramref name="from"/> to <paramref name="to"/>, both included.</summary>
    public static IEnumerable<TradingHours> Between(Listing listing, DateOnly from, DateOnly to)
    {
        var calendar = listing.IsCrypto ? TradingCalendar.AroundTheClock : TradingCalendar.UsEquities;
        foreach (var stamp in calendar.Expected(Midnight(from), Midnight(to.AddDays(1)), BarInterval.OneDay))
        {
            // The first five-minute bar of a date opens with its session.
            var opens = listing.IsCrypto ? stamp : calendar.Next(stamp, BarInterval.FiveMinutes);
            yield return new TradingHours(DateOnly.FromDateTime(stamp), Milliseconds(opens), Milliseconds(calendar.CloseOf(stamp, BarInterval.OneDay)));
        }
    }

    private static DateTime Midnight(DateOnly date) => date.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);

    private static long Milliseconds(DateTime instant) => new DateTimeOffset(instant).ToUnixTimeMilliseconds();
}
