using MarketData.Domain.Candles;

namespace MarketData.Domain.Calendars;

/// <summary>A market that never closes: bars follow each other without a break on the UTC grid; a session is a UTC day.</summary>
internal sealed class AroundTheClockCalendar : TradingCalendar
{
    // Weeks open on Mondays; DateTime's day zero, 1 January of year 1, is one.
    private static readonly long WeekGridStart = DateTime.MinValue.Ticks;

    private static readonly DateOnly Epoch = new(1970, 1, 1);

    public override DateOnly HolidaysKnownFrom => DateOnly.MinValue;

    public override DateOnly HolidaysKnownThrough => DateOnly.MaxValue;

    public override bool IsExpected(DateTime timestamp, BarInterval interval) => timestamp.Ticks % interval.Length().Ticks == WeekGridStart;

    public override DateTime CloseOf(DateTime timestamp, BarInterval interval) => timestamp + interval.Length();

    public override DateTime FinalFrom(DateTime timestamp, BarInterval interval)
    {
        var close = CloseOf(timestamp, interval);
        return close.TimeOfDay == TimeSpan.Zero ? close : close.Date.AddDays(1);
    }

    public override long CountExpected(DateTime from, DateTime to, BarInterval interval) =>
        from >= to ? 0 : GridIndex(to, interval) - GridIndex(from, interval);

    public override IEnumerable<DateTime> Expected(DateTime from, DateTime to, BarInterval interval)
    {
        for (var index = GridIndex(from, interval); index < GridIndex(to, interval); index++)
            yield return AtIndex(index, interval);
    }

    public override DateTime Next(DateTime timestamp, BarInterval interval) =>
        AtIndex(GridIndex(timestamp.AddTicks(1), interval), interval);

    public override DateTime Previous(DateTime timestamp, BarInterval interval) => AtIndex(GridIndex(timestamp, interval) - 1, interval);

    public override bool IsOpen(DateTime instant) => true;

    public override DateTime SessionsBack(DateTime instant, int sessions) => instant.Date.AddDays(-sessions);

    public override DateOnly DateOf(DateTime timestamp, BarInterval interval) => DateOnly.FromDateTime(timestamp);

    public override int SessionNumber(DateOnly date) => date.DayNumber - Epoch.DayNumber;

    public override DateOnly SessionDate(int number) => Epoch.AddDays(number);

    public override bool TryGetSession(DateOnly date, out Session session)
    {
        var (open, close) = (StampOf(date), StampOf(date).AddDays(1));
        session = new Session(date, new TradingSpan(open, open, close), new TradingSpan(close, close, close));
        return true;
    }

    internal override (DateTime Until, TimeSpan Shift) DayBefore(DateTime timestamp) => (DateTime.MaxValue, TimeSpan.FromDays(1));

    // The number of the first grid point at or after the instant.
    private static long GridIndex(DateTime instant, BarInterval interval) =>
        (instant.Ticks + interval.Length().Ticks - 1) / interval.Length().Ticks;

    private static DateTime AtIndex(long index, BarInterval interval) => new(index * interval.Length().Ticks, DateTimeKind.Utc);
}
