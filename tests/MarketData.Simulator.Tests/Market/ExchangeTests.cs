using System.Globalization;
using System.Text.Json.Nodes;

namespace MarketData.Simulator.Tests.Market;

/// <summary>Listings of several exchanges, by the charts that Yahoo gives of them.</summary>
public sealed class ExchangeTests(QuietSimulation quiet) : IClassFixture<QuietSimulation>
{
    private readonly Simulation _simulation = quiet.Simulation;

    [Theory]
    [InlineData("EZJ.L", "GBp", "Europe/London", "GMT", 0, "LSE", "EQUITY")]
    [InlineData("HSBA.L", "GBp", "Europe/London", "GMT", 0, "LSE", "EQUITY")]
    [InlineData("7203.T", "JPY", "Asia/Tokyo", "JST", 32_400, "JPX", "EQUITY")]
    [InlineData("^N225", "JPY", "Asia/Tokyo", "JST", 32_400, "OSA", "INDEX")]
    [InlineData("0700.HK", "HKD", "Asia/Hong_Kong", "HKT", 28_800, "HKG", "EQUITY")]
    [InlineData("EURUSD=X", "USD", "Europe/London", "GMT", 0, "CCY", "CURRENCY")]
    [InlineData("JPY=X", "JPY", "Europe/London", "GMT", 0, "CCY", "CURRENCY")]
    [InlineData("AAPL", "USD", "America/New_York", "EDT", -14_400, "NMS", "EQUITY")]
    [InlineData("^GSPC", "USD", "America/New_York", "EDT", -14_400, "SNP", "INDEX")]
    [InlineData("BTC-USD", "USD", "UTC", "UTC", 0, "CCC", "CRYPTOCURRENCY")]
    public async Task A_chart_tells_what_it_is_of(string symbol, string currency, string zone, string clock, int offset, string exchange, string type)
    {
        var meta = (await ChartAsync(symbol, "1d", Wire.Day(2026, 3, 2), Wire.Day(2026, 3, 11)))["meta"]!;

        ((string?)meta["symbol"], (string?)meta["currency"], (string?)meta["exchangeTimezoneName"]).ShouldBe((symbol, currency, zone));
        ((string?)meta["timezone"], (int)meta["gmtoffset"]!).ShouldBe((clock, offset));
        ((string?)meta["exchangeName"], (string?)meta["instrumentType"]).ShouldBe((exchange, type));
    }

    [Fact]
    public async Task Londons_hours_move_with_its_own_summer()
    {
        // London's clocks went forward on 30 March 2025, three weeks after New York's.
        var hours = await ChartAsync("EZJ.L", "1h", Wire.Day(2025, 3, 28), Wire.Day(2025, 4, 1));
        var days = await ChartAsync("EZJ.L", "1d", Wire.Day(2025, 3, 28), Wire.Day(2025, 4, 1));

        Times(hours, 28).ShouldBe(["08:00", "09:00", "10:00", "11:00", "12:00", "13:00", "14:00", "15:00", "16:00"]);
        Times(hours, 31).ShouldBe(["07:00", "08:00", "09:00", "10:00", "11:00", "12:00", "13:00", "14:00", "15:00"]);
        days.Stamps().Select(stamp => stamp.TimeOfDay.Hours).ShouldBe([8, 7]);
    }

    [Fact]
    public async Task Hours_begin_anew_after_Tokyos_break_and_end_half_an_hour_later_since_November_2024()
    {
        var hours = await ChartAsync("^N225", "1h", Wire.Day(2024, 11, 1), Wire.Day(2024, 11, 6));
        var days = await ChartAsync("^N225", "1d", Wire.Day(2024, 11, 1), Wire.Day(2024, 11, 6));

        Times(hours, 1).ShouldBe(["00:00", "01:00", "02:00", "03:30", "04:30", "05:30"]);
        Times(hours, 4).ShouldBeEmpty();
        Times(hours, 5).ShouldBe(["00:00", "01:00", "02:00", "03:30", "04:30", "05:30"]);
        var last = await ChartAsync("^N225", "1d", Wire.Day(2026, 3, 9), Wire.Day(2026, 3, 11));
        ((long)last["meta"]!["currentTradingPeriod"]!["regular"]!["end"]!).ShouldBe(Wire.Day(2026, 3, 11).AddHours(6).AddMinutes(30).ToUnixTimeSeconds());
        days.Stamps().ShouldBe([Wire.Day(2024, 11, 1), Wire.Day(2024, 11, 5)]);
        // The day's close is that of its last minutes, so that they traded until 15:00 on the first day and until 15:30 on the other.
        hours.Column("close")[5].ShouldBe(days.Column("close")[0]);
        hours.Column("close")[^1].ShouldBe(days.Column("close")[1]);
    }

    [Theory]
    [InlineData("2024-11-01", 60)]
    [InlineData("2024-11-05", 66)]
    public async Task Tokyos_five_minutes_show_the_close(string date, int bars)
    {
        await using var then = await Simulation.StartAsync("Now=2024-11-20T12:00:00Z");
        var day = DateTimeOffset.Parse(date, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

        var chart = (await then.JsonAsync(Wire.Chart("7203.T", "5m", day, day.AddDays(1)))).Result();

        chart.Stamps().Length.ShouldBe(bars);
        chart.Stamps().ShouldNotContain(stamp => stamp.TimeOfDay >= new TimeSpan(2, 30, 0) && stamp.TimeOfDay < new TimeSpan(3, 30, 0));
    }

    [Fact]
    public async Task Hong_Kongs_day_is_stamped_with_its_opening_and_has_a_break()
    {
        var days = await ChartAsync("0700.HK", "1d", Wire.Day(2026, 3, 2), Wire.Day(2026, 3, 7));
        var hours = await ChartAsync("0700.HK", "1h", Wire.Day(2026, 3, 2), Wire.Day(2026, 3, 3));

        days.Stamps().Select(stamp => stamp.DayOfWeek).ShouldBe([DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday]);
        days.Stamps().ShouldAllBe(stamp => stamp.TimeOfDay == new TimeSpan(1, 30, 0));
        Times(hours, 2).ShouldBe(["01:30", "02:30", "03:30", "05:00", "06:00", "07:00"]);
    }

    [Fact]
    public async Task A_pairs_days_are_stamped_with_Londons_midnight()
    {
        var winter = await ChartAsync("EURUSD=X", "1d", Wire.Day(2026, 1, 4), Wire.Day(2026, 1, 11));
        var summer = await ChartAsync("EURUSD=X", "1d", Wire.Day(2025, 7, 5), Wire.Day(2025, 7, 12));

        winter.Stamps().ShouldBe(Enumerable.Range(5, 5).Select(day => Wire.Day(2026, 1, day)));
        summer.Stamps().ShouldBe(Enumerable.Range(6, 5).Select(day => Wire.Day(2025, 7, day).AddHours(23)));
    }

    [Theory]
    // Sunday evening in New York: the week has begun, Monday not yet in London.
    [InlineData("2026-03-08T22:30:00Z", "2026-03-06T00:00:00Z", 2)]
    // Monday, after London's midnight.
    [InlineData("2026-03-09T00:30:00Z", "2026-03-09T00:29:59Z", 4)]
    // Monday, closed in New York at 21:00 UTC: London's Tuesday has not begun.
    [InlineData("2026-03-09T22:30:00Z", "2026-03-09T00:00:00Z", 26)]
    public async Task A_pairs_running_day_is_Londons(string now, string stamp, int hoursSinceSunday)
    {
        await using var simulation = await Simulation.StartAsync("Now=" + now);

        var days = (await simulation.JsonAsync(Wire.Chart("EURUSD=X", "1d", Wire.Day(2026, 3, 1), Wire.Day(2026, 3, 12)))).Result();
        var hours = (await simulation.JsonAsync(Wire.Chart("EURUSD=X", "1h", Wire.Day(2026, 3, 8), Wire.Day(2026, 3, 12)))).Result();

        days.Stamps()[^1].ShouldBe(DateTimeOffset.Parse(stamp, CultureInfo.InvariantCulture));
        hours.Stamps().Length.ShouldBe(hoursSinceSunday);
    }

    [Theory]
    [InlineData("^N225")]
    [InlineData("EURUSD=X")]
    public async Task Indices_abroad_and_pairs_have_no_volume(string symbol)
    {
        foreach (var interval in (string[])["1d", "1h"])
        {
            var chart = await ChartAsync(symbol, interval, Wire.Day(2026, 2, 2), Wire.Day(2026, 2, 28));

            chart.Column("volume").ShouldAllBe(volume => volume == 0);
            chart.Column("close").ShouldAllBe(close => close > 0);
            chart.Column("high").Zip(chart.Column("low")).ShouldAllBe(bar => bar.First >= bar.Second);
        }
    }

    [Fact]
    public async Task History_reaches_to_before_Unix_time()
    {
        var chart = await ChartAsync("^N225", "1d", new DateTimeOffset(1964, 12, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(1965, 2, 1, 0, 0, 0, TimeSpan.Zero));

        chart.Stamps()[0].ShouldBe(new DateTimeOffset(1965, 1, 5, 0, 0, 0, TimeSpan.Zero));
        ((long)chart["meta"]!["firstTradeDate"]!).ShouldBe(new DateTimeOffset(1965, 1, 5, 0, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds());
    }

    [Theory]
    [InlineData("EZJ.L")]
    [InlineData("^N225")]
    [InlineData("C:EURUSD")]
    [InlineData("EURUSD=X")]
    [InlineData("0700.HK")]
    public async Task Polygon_serves_the_United_States_alone(string ticker)
    {
        (await _simulation.JsonAsync(Wire.Aggregates(Uri.EscapeDataString(ticker), "1/day", "2026-02-02", "2026-02-27"))).Results().ShouldBeEmpty();
        (await _simulation.JsonAsync($"/polygon/v3/reference/tickers/{Uri.EscapeDataString(ticker)}", System.Net.HttpStatusCode.NotFound))
            ["status"]!.GetValue<string>().ShouldBe("NOT_FOUND");
    }

    private async Task<JsonNode> ChartAsync(string symbol, string interval, DateTimeOffset from, DateTimeOffset to) =>
        (await _simulation.JsonAsync(Wire.Chart(symbol, interval, from, to))).Result();

    private static IEnumerable<string> Times(JsonNode chart, int day) =>
        chart.Stamps().Where(stamp => stamp.Day == day).Select(stamp => stamp.ToString("HH:mm", CultureInfo.InvariantCulture));
}
