using System.Globalization;
using System.Text.Json;

namespace MarketData.EndToEnd.Tests.Running;

/// <summary>The symbols of other exchanges that an empty warehouse begins with, over HTTP alone.</summary>
public sealed class ExchangeTests(SystemFixture system)
{
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("EZJ.L", "XLON", "GBP", "GBp", "Europe/London", "stock")]
    [InlineData("^N225", "XTKS", "JPY", "JPY", "Asia/Tokyo", "index")]
    [InlineData("EURUSD=X", "24/5", "USD", "USD", "Europe/London", "fx")]
    [InlineData("GEN", "XNYS", "USD", "USD", "America/New_York", "stock")]
    public async Task A_first_look_shows_where_a_symbol_trades(string symbol, string exchange, string currency, string unit, string zone, string assetClass)
    {
        await system.FirstRunAsync(_cancellation);

        var record = await system.GetAsync("instruments/" + Uri.EscapeDataString(symbol), _cancellation);

        string? Text(string name) => record.GetProperty(name).GetString();
        (Text("exchange"), Text("currency"), Text("price_unit"), Text("zone"), Text("asset_class")).ShouldBe((exchange, currency, unit, zone, assetClass));
    }

    [Fact]
    public async Task Londons_hours_go_from_eight_to_half_past_four_in_summer_and_winter()
    {
        await system.FirstRunAsync(_cancellation);
        var london = TimeZoneInfo.FindSystemTimeZoneById("Europe/London");

        var days = (await StampsAsync("EZJ.L", "1h")).Select(stamp => TimeZoneInfo.ConvertTimeFromUtc(stamp, london)).GroupBy(local => local.Date).ToList();

        // On the last day before Christmas and New Year it ends at half past twelve.
        string[] whole = ["08:00", "09:00", "10:00", "11:00", "12:00", "13:00", "14:00", "15:00", "16:00"];
        days.Count.ShouldBeGreaterThan(20);
        WithoutEnds(days).ShouldAllBe(day => Times(day).SequenceEqual(whole) || Times(day).SequenceEqual(whole.Take(5)));
        days.Count(day => Times(day).SequenceEqual(whole)).ShouldBeGreaterThan(days.Count * 9 / 10);
    }

    [Fact]
    public async Task Tokyos_hours_begin_anew_after_the_break()
    {
        await system.FirstRunAsync(_cancellation);

        var days = (await StampsAsync("^N225", "1h")).GroupBy(stamp => stamp.Date).ToList();

        days.Count.ShouldBeGreaterThan(20);
        string[] whole = ["00:00", "01:00", "02:00", "03:30", "04:30", "05:30"];
        WithoutEnds(days).ShouldAllBe(day => Times(day).SequenceEqual(whole));
    }

    [Fact]
    public async Task A_pairs_days_are_weekdays_all_year()
    {
        await system.FirstRunAsync(_cancellation);

        var days = await StampsAsync("EURUSD=X", "1d");

        days.Length.ShouldBeGreaterThan(200);
        days.ShouldAllBe(day => day.TimeOfDay == TimeSpan.Zero && day.DayOfWeek != DayOfWeek.Saturday && day.DayOfWeek != DayOfWeek.Sunday);
        days.Zip(days.Skip(1)).ShouldAllBe(pair => (pair.Second - pair.First).Days == (pair.First.DayOfWeek == DayOfWeek.Friday ? 3 : 1));
    }

    [Fact]
    public async Task A_renamed_company_has_its_history_under_every_name()
    {
        await system.FirstRunAsync(_cancellation);

        var page = await system.GetAsync("historical/GEN?timeframe=1d&start=2019-10-01&end=2022-12-01&limit=10000&adjusted=false", _cancellation);
        var actions = await system.GetAsync("corporate-actions/NVDA", _cancellation);

        page.GetProperty("candles").GetArrayLength().ShouldBe(800);
        page.GetProperty("candles").EnumerateArray().Select(candle => candle.GetProperty("source").GetString()).Distinct().ShouldBe(["polygon"]);
        // Polygon lists it on the 19th.
        actions.ToString().ShouldContain("2021-07-20");
    }

    [Fact]
    public async Task Nothing_of_it_needs_a_person()
    {
        await system.FirstRunAsync(_cancellation);

        var items = (await system.GetAsync("enrichment/dashboard/attention", _cancellation)).GetProperty("items").EnumerateArray();

        string[] symbols = ["EZJ.L", "^N225", "EURUSD=X", "GEN", "NVDA"];
        items.Where(item => symbols.Contains(item.GetProperty("symbol").GetString())).Select(item => item.ToString()).ShouldBeEmpty();
    }

    // History may begin, and the present lie, within a day.
    private static IEnumerable<IGrouping<DateTime, DateTime>> WithoutEnds(IEnumerable<IGrouping<DateTime, DateTime>> days) => days.Skip(1).SkipLast(1);

    private static IEnumerable<string> Times(IEnumerable<DateTime> stamps) => stamps.Select(stamp => stamp.ToString("HH:mm", CultureInfo.InvariantCulture));

    private async Task<DateTime[]> StampsAsync(string symbol, string timeframe)
    {
        var page = await system.GetAsync($"historical/{Uri.EscapeDataString(symbol)}?timeframe={timeframe}&limit=10000", _cancellation);
        return [.. page.GetProperty("candles").EnumerateArray().Select(Stamp).Order()];
    }

    private static DateTime Stamp(JsonElement candle) => candle.GetProperty("timestamp").GetDateTimeOffset().UtcDateTime;
}
