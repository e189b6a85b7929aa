using MarketData.Domain.Candles;
using NodaTime;

namespace MarketData.Domain.Calendars;

/// <summary>
/// The regular sessions of US equities: 09:30 to 16:00 in New York, to 13:00 on half days, from 1962 to 2200. Intraday bars count from the
/// session's open, so an hour opens at 09:30, 10:30, … and the last bar of a session may be short.
/// </summary>
internal sealed class XnysCalendar : TradingCalendar
{
    private const int FirstYear = 1962;
    private const int LastYear = 2200;
    private static readonly DateTimeZone NewYork = DateTimeZoneProviders.Tzdb["America/New_York"];
    private static readonly LocalTime OpenTime = new(9, 30);
    private static readonly LocalTime CloseTime = new(16, 0);
    private static readonly LocalTime HalfDayCloseTime = new(13, 0);

    // Built a year at a time, on first use: most processes look at a few years only. Racing builders make equal arrays.
    private readonly Session[]?[] _years = new Session[LastYear - FirstYear + 1][];

    public override bool IsExpected(DateTime timestamp, BarInterval interval)
    {
        if (timestamp.Year is < FirstYear or > LastYear)
            return false;
        if (interval == BarInterval.OneWeek)
            return timestamp.TimeOfDay == TimeSpan.Zero && timestamp.DayOfWeek == DayOfWeek.Monday
                && SessionsOfWeek(DateOnly.FromDateTime(timestamp)) > 0;
        if (interval == BarInterval.OneDay)
            return timestamp.TimeOfDay == TimeSpan.Zero && TryGetSession(DateOnly.FromDateTime(timestamp), out _);
        return TryGetSession(DateOnly.FromDateTime(timestamp), out var session)
            && timestamp >= session.Open
            && timestamp < session.Close
            && (timestamp - session.Open).Ticks % interval.Length().Ticks == 0;
    }

    public override DateTime CloseOf(DateTime timestamp, BarInterval interval)
    {
        var date = DateOnly.FromDateTime(timestamp);
        var nominal = timestamp + interval.Length();
        // A week or a session before may be asked for, and the year beside it with that.
        if (timestamp.Year is <= FirstYear or >= LastYear)
            return nominal;
        if (interval == BarInterval.OneWeek)
            return SessionsOfWeek(date) > 0 ? SessionBefore(date.AddDays(7)).Close : nominal;
        if (!TryGetSession(date, out var session))
            return nominal;
        return interval == BarInterval.OneDay || (timestamp >= session.Open && timestamp < session.Close && nominal > session.Close)
            ? session.Close
            : nominal;
    }

    public override DateTime FinalFrom(DateTime timestamp, BarInterval interval) =>
        SessionAfter(DateOnly.FromDateTime(interval == BarInterval.OneWeek ? timestamp.AddDays(6) : timestamp)).Open;

    public override long CountExpected(DateTime from, DateTime to, BarInterval interval)
    {
        if (interval == BarInterval.OneWeek)
            return Expected(from, to, interval).LongCount();

        var count = 0L;
        foreach (var session in SessionsBetween(DateOnly.FromDateTime(from), DateOnly.FromDateTime(to)))
            count += interval == BarInterval.OneDay
                ? (session.Stamp >= from && session.Stamp < to ? 1 : 0)
                : BarsWithin(session, from, to, interval);
        return count;
    }

    public override IEnumerable<DateTime> Expected(DateTime from, DateTime to, BarInterval interval)
    {
        if (from >= to)
            yield break;
        for (var timestamp = Next(from.AddTicks(-1), interval); timestamp < to; timestamp = Next(timestamp, interval))
            yield return timestamp;
    }

    public override DateTime Next(DateTime timestamp, BarInterval interval)
    {
        var date = DateOnly.FromDateTime(timestamp);
        if (interval == BarInterval.OneDay)
            return SessionAfter(date).Stamp;
        if (interval == BarInterval.OneWeek)
            return StampOf(MondayOf(SessionAfter(MondayOf(date).AddDays(6)).Date));
        if (!TryGetSession(date, out var session))
            return SessionAfter(date).Open;
        if (timestamp < session.Open)
            return session.Open;
        var next = session.Open.AddTicks((((timestamp - session.Open).Ticks / interval.Length().Ticks) + 1) * interval.Length().Ticks);
        return next < session.Close ? next : SessionAfter(date).Open;
    }

    public override DateTime Previous(DateTime timestamp, BarInterval interval)
    {
        var date = DateOnly.FromDateTime(timestamp);
        if (interval == BarInterval.OneDay)
            return SessionBefore(timestamp.TimeOfDay > TimeSpan.Zero ? date.AddDays(1) : date).Stamp;
        if (interval == BarInterval.OneWeek)
        {
            var monday = MondayOf(date);
            return StampOf(MondayOf(SessionBefore(timestamp > StampOf(monday) ? monday.AddDays(7) : monday).Date));
        }

        if (!TryGetSession(date, out var session) || timestamp <= session.Open)
            session = SessionBefore(date);
        var reach = (timestamp < session.Close ? timestamp : session.Close) - session.Open;
        return session.Open.AddTicks((reach.Ticks - 1) / interval.Length().Ticks * interval.Length().Ticks);
    }

    public override bool IsOpen(DateTime instant) =>
        TryGetSession(DateOnly.FromDateTime(instant), out var session) && instant >= session.Open && instant < session.Close;

    public override DateTime SessionsBack(DateTime instant, int sessions)
    {
        var date = DateOnly.FromDateTime(instant).AddDays(1);
        for (var left = sessions; left >= 0; left--)
            date = SessionBefore(date).Date;
        return StampOf(date);
    }

    // Regular hours never cross midnight UTC, so the UTC date is New York's.
    public override DateOnly DateOf(DateTime timestamp, BarInterval interval) => DateOnly.FromDateTime(timestamp);

    private static long BarsWithin(Session session, DateTime from, DateTime to, BarInterval interval)
    {
        var length = interval.Length().Ticks;
        return BarsBefore(to) - BarsBefore(from);

        long BarsBefore(DateTime instant)
        {
            var reach = (instant < session.Close ? instant : session.Close) - session.Open;
            return reach.Ticks <= 0 ? 0 : (reach.Ticks + length - 1) / length;
        }
    }

    private bool TryGetSession(DateOnly date, out Session session)
    {
        var sessions = Year(date.Year);
        var index = Search(sessions, date);
        session = index >= 0 ? sessions[index] : default;
        return index >= 0;
    }

    private Session SessionAfter(DateOnly date)
    {
        var sessions = Year(date.Year);
        var index = Search(sessions, date);
        index = index >= 0 ? index + 1 : ~index;
        return index < sessions.Length ? sessions[index] : Year(date.Year + 1)[0];
    }

    private Session SessionBefore(DateOnly date)
    {
        var sessions = Year(date.Year);
        var index = Search(sessions, date);
        index = (index >= 0 ? index : ~index) - 1;
        return index >= 0 ? sessions[index] : Year(date.Year - 1)[^1];
    }

    private int SessionsOfWeek(DateOnly date)
    {
        var monday = MondayOf(date);
        return Enumerable.Range(0, 5).Count(day => TryGetSession(monday.AddDays(day), out _));
    }

    private IEnumerable<Session> SessionsBetween(DateOnly first, DateOnly last)
    {
        for (var year = first.Year; year <= last.Year; year++)
        {
            foreach (var session in Year(year))
            {
                if (session.Date >= first && session.Date <= last)
                    yield return session;
            }
        }
    }

    private static int Search(Session[] sessions, DateOnly date)
    {
        var (low, high) = (0, sessions.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var order = sessions[middle].Date.CompareTo(date);
            if (order == 0)
                return middle;
            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return ~low;
    }

    private Session[] Year(int year)
    {
        if (year is < FirstYear or > LastYear)
            throw new ArgumentOutOfRangeException(nameof(year), year, $"The XNYS calendar reaches from {FirstYear} to {LastYear}.");
        return _years[year - FirstYear] ??= Build(year);
    }

    private static Session[] Build(int year)
    {
        var sessions = new List<Session>(capacity: 253);
        for (var date = new DateOnly(year, 1, 1); date.Year == year; date = date.AddDays(1))
        {
            if (!UsMarketHolidays.IsClosed(date))
                sessions.Add(
                    new Session(date, Utc(date, OpenTime), Utc(date, UsMarketHolidays.IsHalfDay(date) ? HalfDayCloseTime : CloseTime)));
        }

        return [.. sessions];
    }

    private static DateTime Utc(DateOnly date, LocalTime time) =>
        (LocalDate.FromDateOnly(date) + time).InZoneStrictly(NewYork).ToDateTimeUtc();
}
