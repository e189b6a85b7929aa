using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using MarketData.Domain.Quality;

namespace MarketData.Domain.Tests.Quality;

public sealed class SessionReachTests
{
    private static readonly TradingCalendar Xnys = TradingCalendar.UsEquities;

    // Thanksgiving was on Thursday 2026-11-26, and the Friday after it a half day that closed at 18:00 UTC.
    [Theory]
    [InlineData("2026-11-28T09:00", "2026-11-27", 0)]
    [InlineData("2026-11-27T17:59", "2026-11-25", 0)]
    [InlineData("2026-11-27T18:00", "2026-11-25", 1)]
    [InlineData("2026-11-30T12:00", "2026-11-25", 1)]
    [InlineData("2026-11-30T22:00", "2026-11-25", 2)]
    public void Days_without_a_session_make_a_symbol_no_older(string now, string newest, int behind) =>
        SessionReach.Of([(BarInterval.OneDay, Utc(newest))], Xnys, Utc(now)).ShouldBe(new SessionReach(DateOnly.FromDateTime(Utc(newest)), behind));

    [Theory]
    [InlineData("2026-11-27T17:55", "2026-11-27")]
    [InlineData("2026-11-27T17:50", "2026-11-25")]
    public void A_session_counts_once_its_last_intraday_candle_is_stored(string newest, string complete) =>
        SessionReach.Of([(BarInterval.FiveMinutes, Utc(newest)), (BarInterval.OneDay, Utc("2026-11-27"))], Xnys, Utc("2026-11-28"))!
            .CompleteTo.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture).ShouldBe(complete);

    [Fact]
    public void Weeks_hold_nothing_back_but_count_where_they_are_all_there_is()
    {
        var now = Utc("2026-11-25T22:00");
        SessionReach.Of([(BarInterval.OneDay, Utc("2026-11-25")), (BarInterval.OneWeek, Utc("2026-11-16"))], Xnys, now)
            .ShouldBe(new SessionReach(new(2026, 11, 25), 0));
        SessionReach.Of([(BarInterval.OneWeek, Utc("2026-11-16"))], Xnys, now).ShouldBe(new SessionReach(new(2026, 11, 20), 3));
        SessionReach.Of([], Xnys, now).ShouldBeNull();
    }

    [Fact]
    public void Around_the_clock_each_day_is_a_session()
    {
        var now = Utc("2026-11-28T09:00");
        var clock = TradingCalendar.AroundTheClock;
        SessionReach.Of([(BarInterval.OneHour, Utc("2026-11-28T08:00"))], clock, now).ShouldBe(new SessionReach(new(2026, 11, 27), 0));
        SessionReach.Of([(BarInterval.OneHour, Utc("2026-11-26T23:00"))], clock, now).ShouldBe(new SessionReach(new(2026, 11, 26), 1));
    }

    private static DateTime Utc(string text) => DateTime.Parse(text + (text.Length > 10 ? "Z" : "T00:00Z"), null, System.Globalization.DateTimeStyles.AdjustToUniversal);
}
