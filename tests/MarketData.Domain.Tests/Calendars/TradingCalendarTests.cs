using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;

namespace MarketData.Domain.Tests.Calendars;

public sealed class TradingCalendarTests
{
    private static readonly TradingCalendar Xnys = TradingCalendar.UsEquities;
    private static readonly TradingCalendar Crypto = TradingCalendar.AroundTheClock;

    [Theory]
    [InlineData("2001-09-11")]
    [InlineData("2004-06-11")]
    [InlineData("2007-01-02")]
    [InlineData("2012-10-29")]
    [InlineData("2018-12-05")]
    [InlineData("2025-01-09")]
    [InlineData("2024-03-29")] // Good Friday
    [InlineData("2022-06-20")] // Juneteenth, observed
    [InlineData("2021-12-24")] // Christmas, observed
    [InlineData("2026-07-03")] // Independence Day, observed
    [InlineData("2024-01-15")] // Martin Luther King Day
    [InlineData("2024-11-28")] // Thanksgiving
    public void The_exchange_is_closed_on(string date) => Xnys.IsExpected(Utc(date), BarInterval.OneDay).ShouldBeFalse();

    [Theory]
    [InlineData("2021-12-31")] // a New Year's Day on a Saturday is not made up for
    [InlineData("2021-06-18")] // Juneteenth before it was observed
    [InlineData("1997-01-20")] // Martin Luther King Day before it was observed
    [InlineData("2024-11-29")]
    public void The_exchange_is_open_on(string date) => Xnys.IsExpected(Utc(date), BarInterval.OneDay).ShouldBeTrue();

    [Theory]
    [InlineData("2024-07-03")]
    [InlineData("2024-11-29")]
    [InlineData("2024-12-24")]
    [InlineData("2002-07-05")]
    [InlineData("2013-07-03")]
    public void A_half_day_ends_at_one_in_New_York(string date)
    {
        var last = Xnys.Previous(Utc(date).AddDays(1), BarInterval.FiveMinutes);
        Xnys.CountExpected(Utc(date), Utc(date).AddDays(1), BarInterval.FiveMinutes).ShouldBe(42);
        Xnys.CloseOf(last, BarInterval.FiveMinutes).ShouldBe(Xnys.CloseOf(Utc(date), BarInterval.OneDay));
    }

    [Fact]
    public void Intraday_bars_follow_New_Yorks_clock_over_the_change_to_summer_time()
    {
        Xnys.Expected(Utc("2024-03-08"), Utc("2024-03-09"), BarInterval.FourHours).ShouldBe([Utc("2024-03-08T14:30"), Utc("2024-03-08T18:30")]);
        Xnys.Expected(Utc("2024-03-11"), Utc("2024-03-12"), BarInterval.FourHours).ShouldBe([Utc("2024-03-11T13:30"), Utc("2024-03-11T17:30")]);
    }

    [Theory]
    [InlineData(BarInterval.FiveMinutes, 78)]
    [InlineData(BarInterval.FifteenMinutes, 26)]
    [InlineData(BarInterval.ThirtyMinutes, 13)]
    [InlineData(BarInterval.OneHour, 7)]
    [InlineData(BarInterval.FourHours, 2)]
    [InlineData(BarInterval.OneDay, 1)]
    public void A_session_has_so_many_bars(BarInterval interval, int bars) =>
        Xnys.CountExpected(Utc("2024-05-07"), Utc("2024-05-08"), interval).ShouldBe(bars);

    [Fact]
    public void The_last_hour_of_a_session_is_cut_short_at_its_close() =>
        Xnys.CloseOf(Utc("2024-05-07T19:30"), BarInterval.OneHour).ShouldBe(Utc("2024-05-07T20:00"));

    [Fact]
    public void A_weekly_bar_is_stamped_on_Monday_and_closes_with_the_weeks_last_session()
    {
        Xnys.IsExpected(Utc("2024-03-25"), BarInterval.OneWeek).ShouldBeTrue();
        Xnys.IsExpected(Utc("2024-03-26"), BarInterval.OneWeek).ShouldBeFalse();
        Xnys.CloseOf(Utc("2024-03-25"), BarInterval.OneWeek).ShouldBe(Utc("2024-03-28T20:00"));
    }

    [Fact]
    public void A_bar_is_final_from_the_next_sessions_open()
    {
        Xnys.FinalFrom(Utc("2024-03-28"), BarInterval.OneDay).ShouldBe(Utc("2024-04-01T13:30"));
        Xnys.FinalFrom(Utc("2024-03-25"), BarInterval.OneWeek).ShouldBe(Utc("2024-04-01T13:30"));
        Crypto.FinalFrom(Utc("2024-03-28T13:00"), BarInterval.OneHour).ShouldBe(Utc("2024-03-29"));
    }

    [Theory]
    [MemberData(nameof(CalendarsAndIntervals))]
    public void Walking_forward_counting_and_walking_back_agree(string mic, BarInterval interval)
    {
        Exchange.TryFind(mic, out var exchange).ShouldBeTrue();
        var calendar = exchange.Calendar;
        var (from, to) = (Utc("2023-12-18T15:07"), Utc("2024-03-20T18:31"));
        var instants = calendar.Expected(from, to, interval).ToArray();

        instants.LongLength.ShouldBe(calendar.CountExpected(from, to, interval));
        instants.ShouldAllBe(instant => calendar.IsExpected(instant, interval) && instant >= from && instant < to);
        for (var i = 1; i < instants.Length; i++)
            calendar.Previous(instants[i], interval).ShouldBe(instants[i - 1]);
    }

    [Fact]
    public void The_last_closed_bar_is_never_the_forming_one()
    {
        Xnys.LastClosed(Utc("2024-05-07T19:59:59"), BarInterval.OneDay).ShouldBe(Utc("2024-05-06"));
        Xnys.LastClosed(Utc("2024-05-07T20:00"), BarInterval.OneDay).ShouldBe(Utc("2024-05-07"));
        Crypto.LastClosed(Utc("2024-05-07T10:04:59"), BarInterval.FiveMinutes).ShouldBe(Utc("2024-05-07T09:55"));
    }

    public static TheoryData<string, BarInterval> CalendarsAndIntervals()
    {
        var data = new TheoryData<string, BarInterval>();
        foreach (var interval in BarIntervals.All)
        {
            foreach (var mic in (string[])["XNYS", "XLON", "XTKS", "XHKG", "XASX", "XKRX", "24/5", "24/7"])
                data.Add(mic, interval);
        }

        return data;
    }

    [Theory]
    [InlineData(1, BarInterval.OneHour)]
    [InlineData(1920, BarInterval.OneDay)]
    [InlineData(1926, BarInterval.OneWeek)]
    [InlineData(9990, BarInterval.FiveMinutes)]
    public void Outside_its_years_a_bar_closes_after_its_length(int year, BarInterval interval)
    {
        var timestamp = new DateTime(year, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        TradingCalendar.UsEquities.CloseOf(timestamp, interval).ShouldBe(timestamp + interval.Length());
    }

    private static DateTime Utc(string text) => DateTime.SpecifyKind(DateTime.Parse(text, System.Globalization.CultureInfo.InvariantCulture), DateTimeKind.Utc);
}
