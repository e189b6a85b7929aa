using System.Globalization;
using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;

namespace MarketData.Domain.Tests.Calendars;

public sealed class BarGridTests
{
    private static readonly DateTime Year = Instant("2024-01-01");

    [Theory]
    [InlineData("AAPL", "2024-03-08", "2h", "14:30 16:30 18:30 20:30", "16:30 18:30 20:30 21:00")]
    [InlineData("AAPL", "2024-03-11", "2h", "13:30 15:30 17:30 19:30", "15:30 17:30 19:30 20:00")]
    [InlineData("AAPL", "2024-11-01", "3h", "13:30 16:30 19:30", "16:30 19:30 20:00")]
    [InlineData("AAPL", "2024-11-04", "3h", "14:30 17:30 20:30", "17:30 20:30 21:00")]
    [InlineData("AAPL", "2024-11-29", "2h", "14:30 16:30", "16:30 18:00")]
    [InlineData("0700.HK", "2024-03-08", "2h", "01:30 03:30 05:00 07:00", "03:30 04:00 07:00 08:00")]
    [InlineData("7203.T", "2024-11-01", "2h", "00:00 02:00 03:30 05:30", "02:00 02:30 05:30 06:00")]
    [InlineData("VOD.L", "2024-04-02", "6h", "07:00 13:00", "13:00 15:30")]
    [InlineData("BTC-USD", "2024-03-10", "5h", "00:00 05:00 10:00 15:00 20:00", "05:00 10:00 15:00 20:00 00:00")]
    public void Hours_count_from_the_opening_and_anew_after_a_break(string symbol, string date, string timeframe, string stamps, string ends)
    {
        var grid = GridOf(symbol, timeframe, BarInterval.ThirtyMinutes);
        var candles = CalendarOf(symbol).Expected(Instant(date), Instant(date).AddDays(1), BarInterval.ThirtyMinutes);
        var bars = candles.Select(grid.At).Distinct().ToList();
        Times(bars.Select(bar => bar.Stamp)).ShouldBe(stamps);
        Times(bars.Select(bar => bar.Until)).ShouldBe(ends);
    }

    [Fact]
    public void Sydneys_session_is_of_its_own_date()
    {
        // It opens at 10:00, in summer on the evening before by UTC.
        var hours = GridOf("BHP.AX", "2h", BarInterval.OneHour);
        hours.At(Instant("2024-01-31T23:00:00")).ShouldBe(new BarSpan(Instant("2024-01-31T23:00:00"), Instant("2024-01-31T23:00:00"), Instant("2024-02-01T01:00:00")));
        var month = GridOf("BHP.AX", "1M", BarInterval.OneHour).At(Instant("2024-01-31T23:00:00"));
        (month.Stamp, month.From).ShouldBe((Instant("2024-02-01"), Instant("2024-01-31T23:00:00")));
        month.Contains(Instant("2024-01-31T05:00:00")).ShouldBeFalse();
    }

    [Theory]
    [InlineData("3d", "2024-03-07", "2024-03-11", "2024-03-12")]
    [InlineData("2w", "2024-03-04", "2024-03-15", "2024-03-18")]
    [InlineData("1M", "2024-02-01", "2024-02-29", "2024-03-01")]
    [InlineData("1Q", "2024-01-01", "2024-03-28", "2024-04-01")]
    [InlineData("6M", "2024-07-01", "2024-12-31", "2025-01-01")]
    [InlineData("1Y", "2024-01-01", "2024-12-31", "2025-01-01")]
    public void Longer_bars_are_of_whole_sessions(string timeframe, string stamp, string within, string next)
    {
        var grid = GridOf("AAPL", timeframe, BarInterval.OneDay);
        var bar = grid.At(Instant(within));
        // Where three sessions begin follows from all before: it is only said that they are three.
        if (timeframe == "3d")
            CalendarOf("AAPL").CountExpected(bar.From, bar.Until, BarInterval.OneDay).ShouldBe(3);
        else
            bar.ShouldBe(new BarSpan(Instant(stamp), Instant(stamp), Instant(next)));
    }

    [Fact]
    public void Three_days_of_crypto_are_those_since_1970()
    {
        var grid = GridOf("BTC-USD", "3d", BarInterval.OneDay);
        foreach (var day in Enumerable.Range(0, 366).Select(day => Year.AddDays(day)))
        {
            var number = (day - DateTime.UnixEpoch).Days;
            grid.At(day).Stamp.ShouldBe(DateTime.UnixEpoch.AddDays(number - number % 3));
        }
    }

    public static TheoryData<string, string, BarInterval> Grids()
    {
        var all = new TheoryData<string, string, BarInterval>();
        foreach (var symbol in (string[])["AAPL", "0700.HK", "BHP.AX", "EURUSD=X", "BTC-USD"])
        {
            foreach (var (timeframe, source) in ((string, BarInterval)[])[("90m", BarInterval.ThirtyMinutes), ("5h", BarInterval.OneHour), ("4d", BarInterval.OneDay),
                ("4d", BarInterval.OneHour), ("3w", BarInterval.OneDay), ("3w", BarInterval.OneWeek), ("1M", BarInterval.OneHour), ("1Q", BarInterval.OneDay)])
                all.Add(symbol, timeframe, source);
        }

        return all;
    }

    [Theory]
    [MemberData(nameof(Grids))]
    public void Each_candle_is_in_one_bar_and_bars_follow_each_other(string symbol, string timeframe, BarInterval source)
    {
        var grid = GridOf(symbol, timeframe, source);
        var candles = CalendarOf(symbol).Expected(Year.AddMonths(-2), Year.AddYears(1), source).ToList();
        var bars = candles.Select(grid.At).ToList();
        for (var i = 0; i < candles.Count; i++)
        {
            bars[i].Contains(candles[i]).ShouldBeTrue();
            bars[i].From.ShouldBeLessThanOrEqualTo(bars[i].Stamp);
            if (i > 0 && bars[i] != bars[i - 1])
                (bars[i].From >= bars[i - 1].Until && bars[i].Stamp > bars[i - 1].Stamp).ShouldBeTrue($"{candles[i]:O}");
        }

        bars.GroupBy(bar => bar).Max(parts => parts.Count()).ShouldBeLessThanOrEqualTo(Timeframe.Parse(timeframe).MostParts(source));
        if (timeframe == "4d" && source == BarInterval.OneDay)
            bars.GroupBy(bar => bar).Skip(1).SkipLast(1).ShouldAllBe(bar => bar.Count() == 4);
    }

    [Fact]
    public void A_bar_is_complete_when_its_last_candle_is_there_or_can_come_no_more()
    {
        var grid = GridOf("AAPL", "1M", BarInterval.OneDay);
        var march = grid.At(Instant("2024-03-04"));
        // The 29th was Good Friday.
        grid.IsComplete(march, Instant("2024-03-27"), null).ShouldBeFalse();
        grid.IsComplete(march, Instant("2024-03-28"), null).ShouldBeTrue();
        grid.IsComplete(march, Instant("2024-04-01"), null).ShouldBeTrue();
        grid.IsComplete(march, Instant("2024-03-05"), Instant("2024-04-07T23:59:59")).ShouldBeFalse();
        grid.IsComplete(march, Instant("2024-03-05"), Instant("2024-04-08")).ShouldBeTrue();
    }

    [Fact]
    public void Sessions_are_numbered_without_a_gap_to_both_sides_of_1970()
    {
        foreach (var calendar in (TradingCalendar[])[CalendarOf("AAPL"), CalendarOf("0700.HK"), CalendarOf("BTC-USD")])
        {
            var sessions = calendar.Expected(Instant("1968-01-01"), Instant("1972-01-01"), BarInterval.OneDay).Select(DateOnly.FromDateTime).ToList();
            var first = sessions.FindIndex(date => date.Year == 1970);
            for (var i = 0; i < sessions.Count; i++)
                (calendar.SessionNumber(sessions[i]), calendar.SessionDate(i - first)).ShouldBe((i - first, sessions[i]));
        }

        CalendarOf("AAPL").SessionNumber(new DateOnly(2024, 3, 10)).ShouldBe(CalendarOf("AAPL").SessionNumber(new DateOnly(2024, 3, 8)));
    }

    private static BarGrid GridOf(string symbol, string timeframe, BarInterval source) => new(InstrumentOf(symbol), Timeframe.Parse(timeframe), source);

    private static TradingCalendar CalendarOf(string symbol) => TradingCalendar.For(InstrumentOf(symbol));

    private static Instrument InstrumentOf(string symbol) => new(Symbol.Parse(symbol), AssetClassNames.OfName(Symbol.Parse(symbol)));

    private static string Times(IEnumerable<DateTime> instants) => string.Join(' ', instants.Select(instant => instant.ToString("HH:mm", CultureInfo.InvariantCulture)));

    private static DateTime Instant(string text) =>
        DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
}
