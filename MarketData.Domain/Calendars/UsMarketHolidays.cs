namespace MarketData.Domain.Calendars;

/// <summary>
/// The days on which the New York Stock Exchange does not open, or closes at 13:00: NYSE Rule 7.2 and the exchange's notices of
/// unscheduled closures, from 1962 on. Future years follow today's rules.
/// </summary>
public static class UsMarketHolidays
{
    private static readonly HashSet<DateOnly> UnscheduledClosures =
    [
        new(1963, 11, 25), // funeral of President Kennedy
        new(1968, 2, 12), // Lincoln's birthday
        new(1968, 4, 9), // mourning for Martin Luther King
        new(1968, 7, 5), // the day after Independence Day
        new(1968, 11, 11), // Veterans Day
        new(1969, 2, 10), // snow
        new(1969, 3, 31), // funeral of President Eisenhower
        new(1969, 7, 21), // first landing on the moon
        new(1972, 12, 28), // funeral of President Truman
        new(1973, 1, 25), // funeral of President Johnson
        new(1977, 7, 14), // blackout of New York City
        new(1985, 9, 27), // hurricane Gloria
        new(1994, 4, 27), // mourning for President Nixon
        new(2001, 9, 11), new(2001, 9, 12), new(2001, 9, 13), new(2001, 9, 14),
        new(2004, 6, 11), // mourning for President Reagan
        new(2007, 1, 2), // mourning for President Ford
        new(2012, 10, 29), new(2012, 10, 30), // hurricane Sandy
        new(2018, 12, 5), // mourning for President G. H. W. Bush
        new(2025, 1, 9), // mourning for President Carter
    ];

    // From 12 June to the end of 1968 the exchange closed on Wednesdays to clear its paperwork, but for weeks with another holiday.
    private static readonly HashSet<DateOnly> OpenWednesdays1968 =
        [new(1968, 7, 3), new(1968, 9, 4), new(1968, 11, 6), new(1968, 11, 13), new(1968, 11, 27)];

    private static readonly DateOnly OpenMayFriday1970 = new(1970, 5, 29);

    private static readonly HashSet<DateOnly> UnscheduledHalfDays = [new(1997, 12, 26), new(1999, 12, 31), new(2003, 12, 26)];

    /// <summary>Whether the exchange is closed on <paramref name="date"/>: a weekend, a holiday or an unscheduled closure.</summary>
    public static bool IsClosed(DateOnly date) =>
        date.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday || IsHoliday(date) || UnscheduledClosures.Contains(date)
        || IsPaperworkWednesday(date);

    /// <summary>Whether a session on <paramref name="date"/> ends at 13:00 in New York instead of 16:00.</summary>
    public static bool IsHalfDay(DateOnly date) =>
        IsDayAfterThanksgiving(date) || IsChristmasEve(date) || IsBesideIndependenceDay(date) || UnscheduledHalfDays.Contains(date);

    private static bool IsHoliday(DateOnly date) => date.Month switch
    {
        1 => IsNewYear(date) || (date.Year >= 1998 && IsNth(date, DayOfWeek.Monday, 3)),
        2 => date.Year >= 1971 ? IsNth(date, DayOfWeek.Monday, 3) : IsObserved(date, 22),
        3 or 4 => date == Easter(date.Year).AddDays(-2),
        5 => date.Year >= 1971 ? date.DayOfWeek == DayOfWeek.Monday && date.Day > 24 : IsObserved(date, 30) && date != OpenMayFriday1970,
        6 => date.Year >= 2022 && IsObserved(date, 19),
        7 => IsObserved(date, 4),
        9 => IsNth(date, DayOfWeek.Monday, 1),
        11 => IsNth(date, DayOfWeek.Thursday, 4) || IsElectionDay(date),
        12 => IsObserved(date, 25),
        _ => false,
    };

    // A New Year's Day on a Saturday is not made up for: the Friday before belongs to the old year's books.
    private static bool IsNewYear(DateOnly date) => date.Day == 1 || (date.Day == 2 && date.DayOfWeek == DayOfWeek.Monday);

    // Kept every year until 1967, then in presidential years until 1980.
    private static bool IsElectionDay(DateOnly date) =>
        date is { Year: <= 1980, DayOfWeek: DayOfWeek.Tuesday, Day: >= 2 and <= 8 } && (date.Year < 1968 || date.Year % 4 == 0);

    private static bool IsPaperworkWednesday(DateOnly date) =>
        date is { Year: 1968, DayOfWeek: DayOfWeek.Wednesday } && date >= new DateOnly(1968, 6, 12) && !OpenWednesdays1968.Contains(date);

    private static bool IsObserved(DateOnly date, int day) =>
        date.Day == day
        || (date.Day == day - 1 && date.DayOfWeek == DayOfWeek.Friday)
        || (date.Day == day + 1 && date.DayOfWeek == DayOfWeek.Monday);

    private static bool IsNth(DateOnly date, DayOfWeek weekday, int n) => date.DayOfWeek == weekday && (date.Day - 1) / 7 == n - 1;

    private static bool IsDayAfterThanksgiving(DateOnly date) =>
        date is { Year: >= 1993, Month: 11, DayOfWeek: DayOfWeek.Friday } && IsNth(date.AddDays(-1), DayOfWeek.Thursday, 4);

    private static bool IsChristmasEve(DateOnly date) =>
        date is { Year: >= 1993, Month: 12, Day: 24, DayOfWeek: >= DayOfWeek.Monday and <= DayOfWeek.Thursday };

    // Until 2012 a Thursday holiday shortened the Friday after it; since 2013 it shortens the Wednesday before.
    private static bool IsBesideIndependenceDay(DateOnly date) => date switch
    {
        { Year: < 1995 } or { Month: not 7 } => false,
        { Day: 3, DayOfWeek: DayOfWeek.Wednesday } => date.Year >= 2013,
        { Day: 3, DayOfWeek: DayOfWeek.Monday or DayOfWeek.Tuesday or DayOfWeek.Thursday } => true,
        { Day: 5, DayOfWeek: DayOfWeek.Friday } => date.Year < 2013,
        _ => false,
    };

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
