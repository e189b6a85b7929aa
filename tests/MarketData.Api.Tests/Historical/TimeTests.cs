using System.Globalization;
using System.Net;
using MarketData.Domain.Candles;
using MarketData.Domain.Validation;
using MarketData.Storage.Candles;

namespace MarketData.Api.Tests.Historical;

/// <summary>Instants can be written in many ways, ranges are half open, and a cursor belongs to its query.</summary>
public sealed class TimeTests(HistoricalData data) : IClassFixture<HistoricalData>
{
    private const string Root = "/api/v1/";

    [Theory]
    [InlineData("2023-12-25T05:00:00Z", 5)]
    [InlineData("2023-12-25T05:00Z", 5)]
    [InlineData("2023-12-25T05:00:00", 5)]
    [InlineData("2023-12-25 05:00:00", 5)]
    [InlineData("2023-12-25T06:00:00.000%2B01:00", 5)]
    [InlineData("2023-12-25T05:00:00.0Z", 5)]
    [InlineData("2023-12-25T05:00:00.000000000Z", 5)]
    [InlineData("2023-12-25T05:00:00.0000001Z", 6)]
    [InlineData("2023-12-25T05:00:00.000000000000001Z", 6)]
    [InlineData("2023-12-25T04:59:59.999999999Z", 5)]
    [InlineData("1703480400", 5)]
    [InlineData("1703480400.0", 5)]
    [InlineData("1703480400.000001", 6)]
    [InlineData("1703480400000", 5)]
    [InlineData("1703480400001", 6)]
    [InlineData("1703480400000000", 5)]
    [InlineData("1703480400000000000", 5)]
    [InlineData("1703480400000000001", 6)]
    [InlineData("2023-12-25", 0)]
    public async Task An_instant_is_read_however_it_is_written(string start, int hour)
    {
        var page = await data.Client.FetchAsync($"{Root}historical/BTC-USD?timeframe=1h&limit=1&start={start}").JsonAsync();
        page.GetProperty("candles")[0].GetProperty("timestamp").GetDateTime().ShouldBe(HistoricalData.Start.AddHours(hour));
        // The same as an end leaves just what comes before.
        var before = await data.Client.FetchAsync($"{Root}historical?symbols=BTC-USD&timeframe=1h&end={(start == "2023-12-25" ? start + "T00:00Z" : start)}").JsonAsync();
        before.GetProperty("candles").GetArrayLength().ShouldBe(hour);
    }

    [Theory]
    [InlineData("2024")]
    [InlineData("20240102")]
    [InlineData("17034804000")]
    [InlineData("170348040000000000000")]
    [InlineData("9999999999")]
    [InlineData("1703480400000.5")]
    [InlineData("2024-13-01")]
    [InlineData("now")]
    public async Task What_could_mean_two_things_or_nothing_is_refused(string start) =>
        await data.Client.FetchAsync($"{Root}features/BTC-USD?timeframe=1h&start={start}").ProblemAsync(HttpStatusCode.BadRequest, "start");

    [Theory]
    [InlineData("historical/BTC-USD?timeframe=1h&start=2023-12-26T00:00:01Z&end=2023-12-26T00:00:00Z", "start")]
    [InlineData("historical?symbols=BTC-USD&start=2024-01-02&end=2024-01-01", "start")]
    [InlineData("features/BTC-USD?start=1703480400001&end=1703480400", "start")]
    [InlineData("data/quality/BTC-USD?start=2024-01-02&end=2024-01-01", "start")]
    [InlineData("data/quality/cross-check?start=2024-01-02&end=2024-01-01", "start")]
    [InlineData("enrichment/history?from=2024-01-02&to=2024-01-01T23:00:00Z", "from")]
    [InlineData("enrichment/jobs?from=2024-01-02&to=2024-01-01", "from")]
    public async Task A_reversed_range_is_refused_everywhere(string call, string field) =>
        await data.Client.FetchAsync(Root + call).ProblemAsync(HttpStatusCode.BadRequest, field);

    [Fact]
    public async Task A_date_means_its_session_where_that_opens_the_day_before()
    {
        // Sydney opens at 10:00, which in January is 23:00 UTC of the day before.
        var bhp = new Instrument(Symbol.Parse("BHP.AX"), AssetClass.Stock);
        await data.ExecuteAsync("INSERT INTO symbols (symbol, asset_class, timeframes) VALUES ('BHP.AX', 'stock', '{1h}')");
        var opening = new DateTime(2024, 1, 15, 23, 0, 0, DateTimeKind.Utc);
        await data.WriteAsync(bhp, BarInterval.OneHour,
        [
            .. from day in Enumerable.Range(0, 3)
               from hour in Enumerable.Range(0, 6)
               select new StoredCandle(
                   new Candle { Timestamp = opening.AddDays(day).AddHours(hour), Open = 45, High = 46, Low = 44, Close = 45, Volume = 10 },
                   "yahoo", CandleIssues.None, 1),
        ]);
        foreach (var call in (string[])["historical/BHP.AX?timeframe=1h", "historical?symbols=BHP.AX&timeframe=1h"])
        {
            var page = await data.Client.FetchAsync($"{Root}{call}&start=2024-01-17&end=2024-01-17").JsonAsync();
            var times = page.GetProperty("candles").EnumerateArray().Select(candle => candle.GetProperty("timestamp").GetDateTime()).ToList();
            times.ShouldBe([.. Enumerable.Range(0, 6).Select(hour => opening.AddDays(1).AddHours(hour))]);
        }
    }

    [Fact]
    public async Task A_cursor_belongs_to_its_query()
    {
        const string call = Root + "historical/BTC-USD?timeframe=1h&limit=50&validated_only=true";
        var cursor = (await data.Client.FetchAsync(call).JsonAsync()).GetProperty("next_cursor").GetString();
        var next = await data.Client.FetchAsync($"{Root}historical/btc-usd?validated_only=TRUE&timeframe=1H&limit=7&cursor={cursor}").JsonAsync();
        next.GetProperty("candles").GetArrayLength().ShouldBe(7);
        foreach (var other in (string[])["historical/ETH-USD?timeframe=1h&validated_only=true", "historical/BTC-USD?timeframe=1h", "features/BTC-USD?timeframe=1h",
            "historical/BTC-USD?timeframe=1h&validated_only=true&start=2023-12-25"])
        {
            var problem = await data.Client.FetchAsync($"{Root}{other}&cursor={cursor}").ProblemAsync(HttpStatusCode.BadRequest, "cursor");
            problem.GetProperty("errors").GetProperty("cursor")[0].GetString()!.ShouldContain("another query", Case.Insensitive);
        }

        var microseconds = (HistoricalData.Start - DateTime.UnixEpoch).Ticks / 10;
        await data.Client.FetchAsync(string.Create(CultureInfo.InvariantCulture, $"{call}&cursor=a{microseconds}")).ProblemAsync(HttpStatusCode.BadRequest, "cursor");
    }
}
