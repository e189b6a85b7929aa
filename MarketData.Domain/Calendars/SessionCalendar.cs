using MarketData.Domain.Candles;

namespace MarketData.Domain.Calendars;

/// <summary>
/// The regular sessions of an exchange, from 1926 to 2200, by its <see cref="ExchangeRules"/>. Intraday bars count from the regular opening
/// and anew after a break, so New York's hours open at 09:30, 10:30, …, and the last bar before a break or the close may be short.
/// </summary>
internal sealed class SessionCalendar(ExchangeRules rules) : TradingCalendar
{
    private const int FirstYear = 1926;
    private const int LastYear = 2200;
    private const int EpochYear = 1970;

    // Built a year at a time, on first use: most processes look at a few years only. Racing builders make equal arrays.
    private readonly Session[]?[] _years = new Session[LastYear - FirstYear + 1][];

    public override DateOnly HolidaysKnownFrom => rules.KnownFrom;

    public override DateOnly HolidaysKnownThrough => rules.KnownThrough;

    public override bool IsExpected(DateTime timestamp, BarInterval interval)
    {
        if (timestamp.Year is < FirstYear or > LastYear)
            return false;
        if (interval == BarInterval.OneWeek)
            return timestamp.TimeOfDay == TimeSpan.Zero && timestamp.DayOfWeek == DayOfWeek.Monday
                && LastOfWeek(DateOnly.FromDateTime(timestamp), out _);
        if (interval == BarInterval.OneDay)
            return timestamp.TimeOfDay == TimeSpan.Zero && TryGetSession(DateOnly.FromDateTime(timestamp), out _);
        return TryFirstClosingAfter(timestamp, out var session) && session.SpanAt(timestamp).IsBar(timestamp, interval.Length().Ticks);
    }

    public override DateTime CloseOf(DateTime timestamp, BarInterval interval)
    {
        var date = DateOnly.FromDateTime(timestamp);
        var nominal = timestamp + interval.Length();
        // A week or a session before may be asked for, and the year beside it with that.
        if (timestamp.Year is <= FirstYear or >= LastYear)
            return nominal;
        if (interval == BarInterval.OneWeek)
            return LastOfWeek(date, out var last) ? last.Close : nominal;
        if (interval == BarInterval.OneDay)
            return TryGetSession(date, out var day) ? day.Close : nominal;
        var span = FirstClosingAfter(timestamp).SpanAt(timestamp);
        return nominal > span.End && timestamp >= span.FirstBar(interval.Length().Ticks) ? span.End : nominal;
    }

    public override DateTime FinalFrom(DateTime timestamp, BarInterval interval) => SessionAfter(interval switch
    {
        BarInterval.OneWeek => DateOnly.FromDateTime(timestamp.AddDays(6)),
        BarInterval.OneDay => DateOnly.FromDateTime(timestamp),
        _ => FirstClosingAfter(timestamp).Date,
    }).Open;

    public override long CountExpected(DateTime from, DateTime to, BarInterval interval)
    {
        if (from >= to)
            return 0;
        if (interval == BarInterval.OneWeek)
            return Expected(from, to, interval).LongCount();

        if (interval == BarInterval.OneDay)
            return SessionsBefore(to) - SessionsBefore(from)
                + Enumerable.Range(from.Year, to.Year - from.Year).Sum(year => (long)Year(year).Length);

        var (count, length) = (0L, interval.Length().Ticks);
        for (var session = FirstClosingAfter(from); session.First.Grid < to; session = SessionAfter(session.Date))
            count += BarsBefore(session, to, length) - BarsBefore(session, from, length);
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
        var length = interval.Length().Ticks;
        var session = FirstClosingAfter(timestamp);
        var next = session.First.BarAfter(timestamp, length);
        if (next >= session.First.End)
            next = session.Second.BarAfter(timestamp, length);
        return next < session.Close ? next : SessionAfter(session.Date).First.FirstBar(length);
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

        var length = interval.Length().Ticks;
        var session = FirstClosingAfter(timestamp);
        if (timestamp <= session.First.FirstBar(length))
            session = SessionBefore(session.Date);
        var isAfterBreak = !session.Second.IsEmpty && timestamp > session.Second.FirstBar(length);
        return (isAfterBreak ? session.Second : session.First).BarBefore(timestamp, length);
    }

    public override bool IsOpen(DateTime instant) => TryFirstClosingAfter(instant, out var session) && session.IsOpen(instant);

    public override DateTime SessionsBack(DateTime instant, int sessions)
    {
        // Days are stamped at midnight, whatever session is held then.
        var date = DateOf(instant, instant.TimeOfDay == TimeSpan.Zero ? BarInterval.OneDay : BarInterval.FiveMinutes).AddDays(1);
        for (var left = sessions; left >= 0; left--)
            date = SessionBefore(date).Date;
        var session = SessionAfter(date.AddDays(-1));
        return session.Open < session.Stamp ? session.Open : session.Stamp;
    }

    public override DateOnly DateOf(DateTime timestamp, BarInterval interval)
    {
        var date = DateOnly.FromDateTime(timestamp);
        if (!interval.IsIntraday() || !TryFirstClosingAfter(timestamp, out var session))
            return date;
        return timestamp >= session.First.Grid ? session.Date : date;
    }

    public override int SessionNumber(DateOnly date)
    {
        var index = Search(Year(date.Year), date);
        var number = index >= 0 ? index : ~index - 1;
        for (var year = EpochYear; year < date.Year; year++)
            number += Year(year).Length;
        for (var year = date.Year; year < EpochYear; year++)
            number -= Year(year).Length;
        return number;
    }

    public override DateOnly SessionDate(int number)
    {
        var year = EpochYear;
        for (; number < 0; number += Year(year).Length)
            year--;
        for (; number >= Year(year).Length; year++)
            number -= Year(year).Length;
        return Year(year)[number].Date;
    }

    public override bool TryGetSession(DateOnly date, out Session session)
    {
        session = default;
        if (date.Year is < FirstYear or > LastYear)
            return false;
        var sessions = Year(date.Year);
        var index = Search(sessions, date);
        if (index >= 0)
            session = sessions[index];
        return index >= 0;
    }

    internal override (DateTime Until, TimeSpan Shift) DayBefore(DateTime timestamp)
    {
        var session = FirstClosingAfter(timestamp);
        return (session.Close, session.First.Grid - SessionBefore(session.Date).First.Grid);
    }

    private static long BarsBefore(in Session session, DateTime instant, long length) =>
        session.First.BarsBefore(instant, length) + session.Second.BarsBefore(instant, length);

    // Counted within the instant's year.
    private int SessionsBefore(DateTime instant)
    {
        var index = Search(Year(instant.Year), DateOnly.FromDateTime(instant.AddTicks(TimeSpan.TicksPerDay - 1)));
        return index >= 0 ? index : ~index;
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

    private bool LastOfWeek(DateOnly date, out Session session)
    {
        session = default;
        var monday = MondayOf(date);
        for (var day = 6; day >= 0; day--)
        {
            if (TryGetSession(monday.AddDays(day), out session))
                return true;
        }

        return false;
    }

    private bool TryFirstClosingAfter(DateTime instant, out Session session)
    {
        var isWithin = instant.Year is >= FirstYear and < LastYear;
        session = isWithin ? FirstClosingAfter(instant) : default;
        return isWithin;
    }

    // No session closes after midnight UTC of its own date's end, so the year of an instant is that of the session it is in.
    private Session FirstClosingAfter(DateTime instant)
    {
        var sessions = Year(instant.Year);
        var (low, high) = (0, sessions.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            (low, high) = sessions[middle].Close > instant ? (low, middle) : (middle + 1, high);
        }

        return low < sessions.Length ? sessions[low] : Year(instant.Year + 1)[0];
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
            throw new ArgumentOutOfRangeException(nameof(year), year, $"A calendar reaches from {FirstYear} to {LastYear}.");
        return _years[year - FirstYear] ??= rules.Sessions(year);
    }
}
