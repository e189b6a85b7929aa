using System.Globalization;
using MarketData.Enrichment.Scheduling;

namespace MarketData.Enrichment.Tests.Scheduling;

public sealed class CronScheduleTests
{
    [Theory]
    [InlineData("0 30 1 * * ?", "2026-11-27 01:29:59", "2026-11-27 01:30:00")]
    [InlineData("0 30 1 * * ?", "2026-11-27 01:30:00", "2026-11-28 01:30:00")]
    [InlineData("0/2 * * * * ?", "2026-11-27 01:29:59", "2026-11-27 01:30:00")]
    [InlineData("0 30 1 ? * TUE-SAT", "2026-11-28 01:30:00", "2026-12-01 01:30:00")]
    [InlineData("0 0 6 ? * FRI#3", "2026-11-01 00:00:00", "2026-11-20 06:00:00")]
    [InlineData("0 0 6 LW * ?", "2026-10-31 00:00:00", "2026-11-30 06:00:00")]
    [InlineData("0 30 1,13 1-7 JAN ?", "2026-11-27 00:00:00", "2027-01-01 01:30:00")]
    public void An_instant_is_the_first_after_another(string expression, string after, string expected)
    {
        CronSchedule.IsValid(expression).ShouldBeTrue();
        CronSchedule.Next(expression, Utc(after)).ShouldBe(Utc(expected));
    }

    [Theory]
    [InlineData("2026-03-08")] // New York's clocks go forward
    [InlineData("2026-11-01")] // and back
    [InlineData("2026-03-29")] // Europe's go forward
    [InlineData("2026-10-25")] // and back
    public void A_night_has_one_instant_whatever_clocks_elsewhere_do(string date)
    {
        var midnight = Utc($"{date} 00:00:00");

        var first = CronSchedule.Next("0 30 1 * * ?", midnight).ShouldNotBeNull();

        first.ShouldBe(midnight.AddHours(1.5));
        CronSchedule.Next("0 30 1 * * ?", first).ShouldBe(first.AddDays(1));
    }

    [Theory]
    [InlineData("whenever")]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("30 1 * * *")]
    [InlineData("0 30 25 * * ?")]
    [InlineData("0 30 1 * * ? 2027")]
    [InlineData("0 30 1 ? * 2-6")] // Quartz: Monday to Friday; others: Tuesday to Saturday
    [InlineData("0 30 1 ? * FRI,1")]
    [InlineData("0 30 1 30 FEB ?")] // never
    public void What_is_no_schedule_or_could_mean_two_is_refused(string? expression) => CronSchedule.IsValid(expression).ShouldBeFalse();

    private static DateTime Utc(string instant) =>
        DateTime.Parse(instant, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
}
