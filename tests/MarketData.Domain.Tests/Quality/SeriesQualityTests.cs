using CsCheck;
using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using MarketData.Domain.Quality;

namespace MarketData.Domain.Tests.Quality;

public sealed class SeriesQualityTests
{
    private static readonly TradingCalendar Xnys = TradingCalendar.UsEquities;
    private static readonly QualityThresholds Thresholds = new();

    [Fact]
    public void Gaps_are_maximal_runs_of_missing_sessions()
    {
        var from = Utc("2024-05-01");
        var to = Utc("2024-06-01");
        DateTime[] missing = [Utc("2024-05-01"), Utc("2024-05-10"), Utc("2024-05-13"), Utc("2024-05-24"), Utc("2024-05-28"), Utc("2024-05-31")];
        var present = Xnys.Expected(from, to, BarInterval.OneDay).Except(missing);
        Gaps.Find(present, from, to, Xnys, BarInterval.OneDay).ShouldBe(
        [
            new Gap(Utc("2024-05-01"), Utc("2024-05-01"), 1),
            new Gap(Utc("2024-05-10"), Utc("2024-05-13"), 2),
            new Gap(Utc("2024-05-24"), Utc("2024-05-28"), 2), // Memorial Day between them was never expected
            new Gap(Utc("2024-05-31"), Utc("2024-05-31"), 1),
        ]);
    }

    [Fact]
    public void What_is_present_and_what_is_missing_make_up_what_is_expected() =>
        Gen.Select(Gen.Int[0, BarIntervals.All.Count - 1].Select(i => BarIntervals.All[i]), Gen.Bool.Array[1, 300]).Sample((interval, keep) =>
        {
            var from = Utc("2023-10-30");
            var expected = Xnys.Expected(from, from.AddYears(7), interval).Take(keep.Length).ToArray();
            var to = expected[^1].AddTicks(1);
            var present = expected.Where((_, i) => keep[i]).ToArray();
            var gaps = Gaps.Find(present, from, to, Xnys, interval);
            return gaps.Sum(gap => gap.Missing) + present.Length == expected.Length
                && gaps.All(gap => !keep[Array.IndexOf(expected, gap.Start)] && !keep[Array.IndexOf(expected, gap.End)]);
        });

    [Fact]
    public void A_session_without_candles_beyond_the_known_holidays_is_no_gap_until_they_are_known()
    {
        Exchange.TryFind("XBOM", out var mumbai).ShouldBeTrue();
        var calendar = mumbai.Calendar;
        var known = Utc("2026-12-28");
        var unknown = Utc("2027-03-22");
        unknown.ShouldBeGreaterThan(calendar.HolidaysKnownThrough.ToDateTime(TimeOnly.MinValue));

        var days = calendar.Expected(Utc("2026-12-21"), Utc("2027-04-05"), BarInterval.OneDay).Where(day => day != known && day != unknown).ToList();
        Gaps.Find(days, Utc("2026-12-21"), Utc("2027-04-05"), calendar, BarInterval.OneDay).ShouldBe([new Gap(known, known, 1)]);
        calendar.IsMissingBetween(known.AddDays(-3), known.AddDays(1), BarInterval.OneDay).ShouldBeTrue();
        calendar.IsMissingBetween(unknown.AddDays(-3), unknown.AddDays(1), BarInterval.OneDay).ShouldBeFalse();

        // Of a session that was held, what is missing is missing.
        var hours = calendar.Expected(Utc("2027-03-18"), Utc("2027-03-24"), BarInterval.OneHour)
            .Where(hour => hour.Date != unknown && hour != Utc("2027-03-19T09:45") && hour != Utc("2027-03-23T03:45")).ToList();
        Gaps.Find(hours, Utc("2027-03-18"), Utc("2027-03-24"), calendar, BarInterval.OneHour)
            .ShouldBe([new Gap(Utc("2027-03-19T09:45"), Utc("2027-03-19T09:45"), 1), new Gap(Utc("2027-03-23T03:45"), Utc("2027-03-23T03:45"), 1)]);
    }

    [Theory]
    [InlineData("2024-05-23", SymbolHealth.Healthy)]
    [InlineData("2024-05-21", SymbolHealth.Healthy)]
    [InlineData("2024-05-20", SymbolHealth.Warning)]
    [InlineData("2024-05-17", SymbolHealth.Stale)]
    public void Age_is_counted_in_sessions_that_have_closed_since(string newest, SymbolHealth expected) =>
        SeriesHealth.Judge(1, 1, Utc(newest), Utc("2024-05-24T12:00"), Xnys, BarInterval.OneDay, Thresholds).ShouldBe(expected);

    [Theory]
    [InlineData("2024-05-21", false)]
    [InlineData("2024-05-20", true)]
    public void A_series_that_has_ended_is_delisted_and_never_late(string newest, bool isLate)
    {
        var (last, now) = (Utc(newest), Utc("2024-05-24T12:00"));
        SeriesHealth.IsLate(last, now, Xnys, BarInterval.OneDay).ShouldBe(isLate);
        SeriesHealth.Judge(1, 1, last, now, Xnys, BarInterval.OneDay, Thresholds, isDelisted: true).ShouldBe(SymbolHealth.Delisted);
        SeriesHealth.Judge(1, 1, last, now.AddYears(1), Xnys, BarInterval.OneDay, Thresholds, isDelisted: true)
            .ShouldBe(SymbolHealth.Delisted);
    }

    [Theory]
    [InlineData(BarInterval.FiveMinutes)]
    [InlineData(BarInterval.FourHours)]
    [InlineData(BarInterval.OneDay)]
    [InlineData(BarInterval.OneWeek)]
    public void The_judgement_holds_until_the_instant_that_is_told(BarInterval interval)
    {
        foreach (var calendar in new[] { Xnys, TradingCalendar.AroundTheClock })
        {
            var newest = calendar.Expected(Utc("2024-11-18"), Utc("2024-12-02"), interval).First();
            var now = calendar.CloseOf(newest, interval);
            var seen = new List<SymbolHealth>();
            for (DateTime? next = now; next is { } instant; next = SeriesHealth.ChangesAt(newest, instant, calendar, interval))
            {
                if (seen.Count > 0)
                    Judge(instant.AddTicks(-1)).ShouldBe(seen[^1]);
                seen.Add(Judge(instant));
            }

            seen.ShouldBe([SymbolHealth.Healthy, SymbolHealth.Warning, SymbolHealth.Stale], $"{calendar}");

            SymbolHealth Judge(DateTime instant) => SeriesHealth.Judge(1, 1, newest, instant, calendar, interval, Thresholds);
        }
    }

    [Theory]
    [InlineData(0.84, 1, SymbolHealth.Warning)]
    [InlineData(0.85, 0.94, SymbolHealth.Warning)]
    [InlineData(0.85, 0.95, SymbolHealth.Healthy)]
    public void A_low_score_or_completeness_is_a_warning(double score, double completeness, SymbolHealth expected) =>
        SeriesHealth.Judge(score, completeness, Utc("2024-05-23"), Utc("2024-05-24T12:00"), Xnys, BarInterval.OneDay, Thresholds).ShouldBe(expected);

    [Fact]
    public void Without_data_there_is_nothing_to_judge() =>
        SeriesHealth.Judge(null, null, null, Utc("2024-05-24"), Xnys, BarInterval.OneDay, Thresholds).ShouldBe(SymbolHealth.Pending);

    private static DateTime Utc(string text) =>
        DateTime.Parse(text, System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AdjustToUniversal | System.Globalization.DateTimeStyles.AssumeUniversal);
}
