using NodaTime;
using NodaTime.Text;

namespace MarketData.Domain.Calendars;

/// <summary>A time by an exchange's clock, on a session's date or the day before it.</summary>
internal readonly record struct HourOfDay(LocalTime Time, int Day) : IComparable<HourOfDay>
{
    private static readonly LocalTimePattern Pattern = LocalTimePattern.CreateWithInvariantCulture("HH:mm");

    /// <summary>Reads a time, with <c>&lt;</c> behind it when it is of the day before: <c>17:00&lt;</c>.</summary>
    public static HourOfDay Read(string text) => new(Pattern.Parse(text.TrimEnd('<')).Value, text.EndsWith('<') ? -1 : 0);

    /// <summary>The instant, UTC.</summary>
    public DateTime On(DateOnly date, DateTimeZone zone) =>
        (LocalDate.FromDateOnly(date.AddDays(Day)) + Time).InZoneStrictly(zone).ToDateTimeUtc();

    public int CompareTo(HourOfDay other) => (Day, Time).CompareTo((other.Day, other.Time));
}
