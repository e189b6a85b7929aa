using System.Globalization;
using MarketData.Domain.Calendars;

namespace MarketData.Domain.Tests.Calendars;

public sealed class DueTimeTests
{
    [Theory]
    [InlineData("2026-03-04T07:29:59Z", "02:30", "America/New_York", "2026-03-03T07:30:00Z")]
    [InlineData("2026-03-04T07:30:00Z", "02:30", "America/New_York", "2026-03-04T07:30:00Z")]
    [InlineData("2026-07-01T12:00:00Z", "02:30", "America/New_York", "2026-07-01T06:30:00Z")]
    // There is no 02:30 on the day on which clocks are put forward, and two on the day on which they are put back.
    [InlineData("2026-03-08T12:00:00Z", "02:30", "America/New_York", "2026-03-08T07:30:00Z")]
    [InlineData("2026-11-01T12:00:00Z", "01:30", "America/New_York", "2026-11-01T05:30:00Z")]
    // The day there is not the day of UTC.
    [InlineData("2026-03-03T23:00:00Z", "08:00", "Asia/Tokyo", "2026-03-03T23:00:00Z")]
    [InlineData("2026-03-04T01:00:00Z", "20:30", "America/New_York", "2026-03-03T01:30:00Z")]
    [InlineData("2026-03-04T00:00:00Z", "00:00", "UTC", "2026-03-04T00:00:00Z")]
    public void The_last_time_that_a_clock_showed_it(string now, string time, string zone, string due) =>
        DueTime.LastBefore(Utc(now), TimeOnly.Parse(time, CultureInfo.InvariantCulture), LocalClock.Find(zone)!).ShouldBe(Utc(due));

    private static DateTime Utc(string text) => DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal);
}
