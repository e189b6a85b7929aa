using System.Globalization;

namespace MarketData.Domain.Calendars;

/// <summary>Where a day that comes every year goes when it falls on a weekend, or on another holiday.</summary>
internal enum Observance
{
    /// <summary>It is not made up for.</summary>
    None,

    /// <summary>From a weekend to the next day that is neither weekend nor a holiday.</summary>
    Next,

    /// <summary>The same, from a Sunday only.</summary>
    SundayNext,

    /// <summary>From a Saturday to the Friday before, from a Sunday to the Monday after.</summary>
    Nearest,

    /// <summary>From a weekend to the Friday before.</summary>
    Previous,
}

/// <summary>A day that comes every year by a rule, in the years in which the rule holds.</summary>
/// <param name="DayIn">The day in a year; null in a year that has none.</param>
/// <param name="Observance">Where it goes from a weekend.</param>
/// <param name="Years">The first and the last year in which it holds.</param>
/// <param name="Weekdays">The days of the week on which it counts, a bit each, Sunday the lowest.</param>
internal sealed record HolidayRule(Func<int, DateOnly?> DayIn, Observance Observance, (int First, int Last) Years, int Weekdays)
{
    private static readonly ChineseLunisolarCalendar Lunar = new();

    /// <summary>The day on which the rule is kept in a year; null when it is not.</summary>
    /// <param name="year">The year.</param>
    /// <param name="holidays">The holidays by the rules before this one.</param>
    public DateOnly? KeptIn(int year, HashSet<DateOnly> holidays)
    {
        if (year < Years.First || year > Years.Last || DayIn(year) is not { } day || (Weekdays & (1 << (int)day.DayOfWeek)) == 0)
            return null;
        switch (Observance)
        {
            case Observance.Nearest:
                return day.AddDays(day.DayOfWeek switch { DayOfWeek.Saturday => -1, DayOfWeek.Sunday => 1, _ => 0 });
            case Observance.Previous:
                while (IsWeekend(day))
                    day = day.AddDays(-1);
                return day;
            case Observance.Next when IsWeekend(day) || holidays.Contains(day):
            case Observance.SundayNext when day.DayOfWeek == DayOfWeek.Sunday || holidays.Contains(day):
                while (IsWeekend(day) || holidays.Contains(day))
                    day = day.AddDays(1);
                return day;
            default:
                return day;
        }
    }

    /// <summary>
    /// Reads a day: <c>12-25</c>; <c>easter</c>, <c>monday&gt;=05-01</c> (the first Monday of May), <c>lunar:01-01</c> (of the Chinese
    /// calendar), each with days added or taken, as in <c>easter-2</c>; <c>equinox:03</c>, <c>equinox:09</c>, <c>qingming</c>.
    /// </summary>
    /// <exception cref="FormatException">It is none of these.</exception>
    public static Func<int, DateOnly?> ReadDay(string text)
    {
        if (text.StartsWith("easter", StringComparison.Ordinal))
            return Shifted(year => Easter(year), text["easter".Length..]);
        if (text.StartsWith("lunar:", StringComparison.Ordinal))
        {
            var (month, day) = MonthAndDay(text.AsSpan(6, 5));
            return Shifted(year => LunarDay(year, month, day), text[11..]);
        }

        if (text.StartsWith("equinox:", StringComparison.Ordinal))
            return text["equinox:".Length..] == "03" ? SolarTerm(3, 20.8431) : SolarTerm(9, 23.2488);
        if (text == "qingming")
            return SolarTerm(4, 4.9661);
        if (text.IndexOfAny(['<', '>']) is > 0 and var compared)
        {
            var weekday = Enum.Parse<DayOfWeek>(text[..compared], ignoreCase: true);
            var (month, day) = MonthAndDay(text.AsSpan(compared + 2, 5));
            var isAfter = text[compared] == '>';
            return Shifted(year => OnWeekday(new DateOnly(year, month, day), weekday, isAfter), text[(compared + 7)..]);
        }

        var (fixedMonth, fixedDay) = MonthAndDay(text);
        return year => new DateOnly(year, fixedMonth, fixedDay);
    }

    private static bool IsWeekend(DateOnly day) => day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;

    private static Func<int, DateOnly?> Shifted(Func<int, DateOnly?> day, string days)
    {
        var shift = days.Length == 0 ? 0 : int.Parse(days, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        return year => day(year)?.AddDays(shift);
    }

    private static (int Month, int Day) MonthAndDay(ReadOnlySpan<char> text) => text.Length == 5 && text[2] == '-'
        ? (int.Parse(text[..2], CultureInfo.InvariantCulture), int.Parse(text[3..], CultureInfo.InvariantCulture))
        : throw new FormatException($"'{text}' is no month and day.");

    private static DateOnly OnWeekday(DateOnly day, DayOfWeek weekday, bool isAfter) => isAfter
        ? day.AddDays(((int)weekday - (int)day.DayOfWeek + 7) % 7)
        : day.AddDays(-(((int)day.DayOfWeek - (int)weekday + 7) % 7));

    // Leap months follow the month that they repeat, and shift those after them in .NET's numbering.
    private static DateOnly? LunarDay(int year, int month, int day)
    {
        if (year < Lunar.MinSupportedDateTime.Year + 1 || year >= Lunar.MaxSupportedDateTime.Year)
            return null;
        var leap = Lunar.GetLeapMonth(year);
        return DateOnly.FromDateTime(Lunar.ToDateTime(year, leap > 0 && month >= leap ? month + 1 : month, day, 0, 0, 0, 0));
    }

    // The day from 1980 to 2099 in East Asia: the year is 0.2422 days longer than 365, and each leap day takes one back.
    private static Func<int, DateOnly?> SolarTerm(int month, double dayIn1980) => year =>
        new DateOnly(year, month, (int)(dayIn1980 + (0.242194 * (year - 1980))) - ((year - 1980) / 4));

    // The Gregorian computus of Meeus, Jones and Butcher (J. Meeus, Astronomical Algorithms, chapter 8).
    private static DateOnly Easter(int year)
    {
        var (century, yearOfCentury) = Math.DivRem(year, 100);
        var golden = year % 19;
        var correction = (century - ((century + 8) / 25) + 1) / 3;
        var epact = ((19 * golden) + century - (century / 4) - correction + 15) % 30;
        var weekday = (32 + (2 * (century % 4)) + (2 * (yearOfCentury / 4)) - epact - (yearOfCentury % 4)) % 7;
        var shift = (golden + (11 * epact) + (22 * weekday)) / 451;
        var (month, day) = Math.DivRem(epact + weekday - (7 * shift) + 114, 31);
        return new DateOnly(year, month, day + 1);
    }
}
