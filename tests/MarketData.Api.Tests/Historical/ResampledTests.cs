using System.Globalization;
using System.Text.Json.Nodes;
using MarketData.Domain.Candles;
using MarketData.Domain.Features;

namespace MarketData.Api.Tests.Historical;

/// <summary>Bars of a length that is not stored, against candles that are put together here, by local clocks and calendars written down by hand.</summary>
public sealed class ResampledTests(ShapeData data) : IClassFixture<ShapeData>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // Symbol, stored interval, bars, and the key of the bar that an instant is in.
    public static TheoryData<string, string, string, Func<DateTime, string>> Kinds => new()
    {
        // New York's clock is five hours behind until 2024-03-10 and from 2024-11-03 on; its session opens at 09:30.
        { "AAPL", "1h", "2h", instant => SessionKey(instant, NewYork(instant), 9.5, 2) },
        { "AAPL", "1h", "5h", instant => SessionKey(instant, NewYork(instant), 9.5, 5) },
        // Hong Kong trades from 09:30 to 12:00 and from 13:00 to 16:00.
        { "0700.HK", "1h", "2h", instant => Local(instant, 8) is var local && local.Hour < 12 ? $"{local:yyyyMMdd}a{(int)(local.TimeOfDay.TotalHours - 9.5) / 2}" : $"{local:yyyyMMdd}b{(local.Hour - 13) / 2}" },
        { "BTC-USD", "1h", "2h", instant => $"{instant:yyyyMMdd}{instant.Hour / 2}" },
        { "BTC-USD", "1h", "7h", instant => $"{instant:yyyyMMdd}{instant.Hour / 7}" },
        { "BTC-USD", "1h", "3d", instant => $"{(instant - DateTime.UnixEpoch).Days / 3}" },
        { "BTC-USD", "1h", "1M", instant => $"{instant:yyyyMM}" },
        { "FIVE-USD", "5m", "25m", instant => $"{instant:yyyyMMdd}{(int)instant.TimeOfDay.TotalMinutes / 25}" },
        { "FIVE-USD", "5m", "2h", instant => $"{instant:yyyyMMdd}{instant.Hour / 2}" },
        // Sydney's clock is eleven hours ahead until 2024-04-07, then ten.
        { "BHP.AX", "1h", "1M", instant => $"{Local(instant, instant < new DateTime(2024, 4, 6, 16, 0, 0) ? 11 : 10):yyyyMM}" },
        { "AAPL", "1d", "1M", instant => $"{instant:yyyyMM}" },
        { "AAPL", "1d", "1Q", instant => $"{instant.Year}{(instant.Month - 1) / 3}" },
        { "AAPL", "1d", "1Y", instant => $"{instant.Year}" },
        { "AAPL", "1d", "2w", instant => $"{(instant - new DateTime(1970, 1, 5)).Days / 14}" },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Bars_are_made_of_the_stored_candles_of_their_span(string symbol, string stored, string timeframe, Func<DateTime, string> key)
    {
        foreach (var adjusted in (string[])["all", "none"])
        {
            var candles = await data.PagesAsync($"historical/{symbol}?timeframe={stored}&order=asc&adjusted={adjusted}");
            var groups = candles.GroupBy(row => key(ShapeTests.CandleOf(row).Timestamp)).Select(group => group.ToList()).ToList();
            var bars = await data.PagesAsync($"historical/{symbol}?timeframe={timeframe}&order=asc&adjusted={adjusted}&limit=100");
            bars.Count.ShouldBe(groups.Count);
            for (var i = 0; i < bars.Count; i++)
                ShouldBe(bars[i], groups[i], $"{symbol} {timeframe} {bars[i]["timestamp"]}");
            await FeaturesFollowAsync(symbol, timeframe, adjusted, bars);
        }
    }

    [Fact]
    public async Task Bars_of_a_day_on_which_clocks_change_open_by_the_exchanges_clock()
    {
        (await StampsAsync("AAPL?timeframe=2h&start=2024-03-08&end=2024-03-11")).ShouldBe([
            "03-08T14:30", "03-08T16:30", "03-08T18:30", "03-08T20:30", "03-11T13:30", "03-11T15:30", "03-11T17:30", "03-11T19:30"]);
        // The day after Thanksgiving trading ends at 13:00.
        (await StampsAsync("AAPL?timeframe=2h&start=2024-11-29&end=2024-11-29")).ShouldBe(["11-29T14:30", "11-29T16:30"]);
        (await StampsAsync("0700.HK?timeframe=2h&start=2024-03-08&end=2024-03-08")).ShouldBe(["03-08T01:30", "03-08T03:30", "03-08T05:00", "03-08T07:00"]);
        // The eve of the lunar new year is a half day without an afternoon.
        (await StampsAsync("0700.HK?timeframe=2h&start=2024-02-09&end=2024-02-09")).ShouldBe(["02-09T01:30", "02-09T03:30"]);
        (await StampsAsync("AAPL?timeframe=1M&start=2024-01-15&end=2024-03-31")).ShouldBe(["02-01T00:00", "03-01T00:00"]);
    }

    [Theory]
    [InlineData("3d")]
    [InlineData("10d")]
    public async Task Bars_of_sessions_have_so_many_and_do_not_depend_on_the_range(string timeframe)
    {
        var count = int.Parse(timeframe[..^1], CultureInfo.InvariantCulture);
        var days = (await data.PagesAsync("historical/AAPL?timeframe=1d&order=asc")).Select(row => (string)row["timestamp"]!).ToList();
        var bars = await data.PagesAsync($"historical/AAPL?timeframe={timeframe}&order=asc");
        var begins = bars.Select(bar => days.IndexOf((string)bar["timestamp"]!)).ToList();
        for (var i = 2; i < begins.Count; i++)
            (begins[i] - begins[i - 1]).ShouldBe(count);
        // The last is over since long ago.
        (days.Count - begins[^1]).ShouldBeInRange(1, count);
        foreach (var start in days.Where((_, i) => i % 97 == 5))
        {
            var some = await data.RowsAsync($"historical/AAPL?timeframe={timeframe}&start={start}&limit=4");
            var expected = bars.Where(bar => string.CompareOrdinal((string)bar["timestamp"]!, start) >= 0).Take(4);
            some.Select(row => row.ToJsonString()).ShouldBe(expected.Select(row => row.ToJsonString()));
        }
    }

    [Fact]
    public async Task The_last_bar_is_given_when_it_is_whole_or_can_become_so_no_more()
    {
        // Traded to 2020-05-13 and not since: its May is as whole as it can be.
        (await StampsAsync("GONE?timeframe=1M&order=asc"))[^1].ShouldBe("05-01T00:00");
        // As of then nobody knew that.
        await data.ExecuteAsync("UPDATE bars_1d SET recorded_at = '2020-05-14' WHERE series_id = (SELECT id FROM series WHERE symbol = 'GONE' AND timeframe = '1d')");
        (await StampsAsync("GONE?timeframe=1M&order=asc&as_of=2020-05-15"))[^1].ShouldBe("04-01T00:00");
        (await StampsAsync("GONE?timeframe=1M&order=asc&as_of=2020-06-20"))[^1].ShouldBe("05-01T00:00");
    }

    [Fact]
    public async Task A_series_that_is_written_to_gets_its_next_bar()
    {
        await data.ExecuteAsync("INSERT INTO symbols (symbol, asset_class, timeframes) VALUES ('GROWS-USD', 'crypto', '{1h}')");
        var now = DateTime.UtcNow.Date;
        string[] dates = [$"{now.AddDays(-2):yyyy-MM-dd}", $"{now:yyyy-MM-dd}T01:00:00"];
        await data.WriteAsync("GROWS-USD", BarInterval.OneHour, dates[0], dates[1]);
        using var first = await data.Api.Client.FetchAsync("/api/v1/historical/GROWS-USD?timeframe=2h&limit=1");
        JsonNode.Parse(await first.Content.ReadAsStringAsync(Cancellation))!["candles"]![0]!["timestamp"]!.ToString().ShouldBe($"{now.AddDays(-1):yyyy-MM-dd}T22:00:00Z");
        await data.WriteAsync("GROWS-USD", BarInterval.OneHour, dates[0], $"{now:yyyy-MM-dd}T02:00:00");
        using var next = await data.Api.Client.FetchAsync("/api/v1/historical/GROWS-USD?timeframe=2h&limit=1");
        next.Headers.ETag.ShouldNotBe(first.Headers.ETag);
        JsonNode.Parse(await next.Content.ReadAsStringAsync(Cancellation))!["candles"]![0]!["timestamp"]!.ToString().ShouldBe($"{now:yyyy-MM-dd}T00:00:00Z");
    }

    [Theory]
    [InlineData("csv")]
    [InlineData("ndjson")]
    [InlineData("parquet")]
    [InlineData("arrow")]
    public async Task Every_form_has_the_bars_of_one_symbol_and_of_many(string format)
    {
        const string query = "timeframe=2h&start=2024-03-01&end=2024-03-12&features=sma_20,sma(3)&columns=symbol,timeframe,timestamp,close,volume";
        var expected = await data.RowsAsync($"historical?symbols=AAPL,BTC-USD,0700.HK&{query}");
        expected.Select(row => (string)row["symbol"]!).Distinct().ShouldBe(["0700.HK", "AAPL", "BTC-USD"]);
        var apple = await data.RowsAsync($"historical/AAPL?{query}");
        expected.Where(row => (string)row["symbol"]! == "AAPL").Select(row => row.ToJsonString()).ShouldBe(apple.Select(row => row.ToJsonString()));
        var call = $"historical?symbols=AAPL,BTC-USD,0700.HK&{query}";
        var rows = format switch
        {
            "ndjson" => ShapeTests.Lines(await data.TextAsync(call + "&format=ndjson")),
            "csv" => Csv(await data.TextAsync(call + "&format=csv")),
            _ => [.. (await data.FileAsync(format, call))["rows"]!.AsArray().Select(row => row!.AsObject())],
        };
        rows.Count.ShouldBe(expected.Count);
        for (var i = 0; i < rows.Count; i++)
        {
            var features = rows[i]["features"] ?? rows[i];
            ((string)rows[i]["symbol"]!, (string)rows[i]["timeframe"]!, (double)rows[i]["close"]!, (double?)features["sma_20"], (double?)features["sma_3"]).ShouldBe((
                (string)expected[i]["symbol"]!, "2h", (double)expected[i]["close"]!, (double?)expected[i]["features"]!["sma_20"], (double?)expected[i]["features"]!["sma_3"]));
        }
    }

    [Fact]
    public async Task Files_say_what_their_bars_are_made_of()
    {
        var file = await data.FileAsync("parquet", "historical/AAPL?timeframe=1M&order=desc");
        var facts = JsonNode.Parse((string)file["facts"]!)!;
        ((string?)facts["timeframe"], (string?)facts["order"], (string?)facts["series"]![0]!["resampled_from"]).ShouldBe(("1M", "desc", "1d"));
        using var answer = await data.Api.Client.FetchAsync("/api/v1/historical/AAPL?timeframe=90m&format=csv&start=2024-03-01&end=2024-03-08");
        answer.Content.Headers.ContentDisposition!.FileName!.Trim('"').ShouldBe("AAPL_90m.csv");
        // Of hours no half hours can be made.
        (await answer.Content.ReadAsStringAsync(Cancellation)).Split("\r\n").Length.ShouldBe(2);
    }

    // Computed from the bars alone: those of the stored candles have no part in it.
    private async Task FeaturesFollowAsync(string symbol, string timeframe, string adjusted, List<JsonObject> bars)
    {
        string[] names = [.. FeatureCatalogue.For(AssetClassNames.OfName(Symbol.Parse(symbol))).Select(feature => feature.Name), "ema_40"];
        var expected = ShapeTests.Compute(bars, symbol, Timeframe.Parse(timeframe), names);
        var from = bars.Count * 2 / 3;
        var call = $"historical/{symbol}?timeframe={timeframe}&adjusted={adjusted}&start={bars[from]["timestamp"]}&limit=5&features=";
        foreach (var list in (string[])[string.Join(',', names), "sma_20,ema_40,rsi_14"])
        {
            var page = await data.RowsAsync(call + list);
            page.Count.ShouldBe(Math.Min(5, bars.Count - from));
            for (var i = 0; i < page.Count; i++)
            {
                foreach (var (name, value) in page[i]["features"]!.AsObject())
                    ShapeTests.ShouldAgree(value, expected[from + i][name], $"{symbol} {timeframe} {name}");
            }
        }
    }

    private static void ShouldBe(JsonObject bar, List<JsonObject> parts, string what)
    {
        var (actual, candles) = (ShapeTests.CandleOf(bar), parts.Select(ShapeTests.CandleOf).ToList());
        (actual.Open, actual.High, actual.Low, actual.Close).ShouldBe((candles[0].Open, candles.Max(one => one.High), candles.Min(one => one.Low), candles[^1].Close), what);
        actual.Volume.ShouldBe(candles.Sum(one => one.Volume), 1e-9 * actual.Volume, what);
        actual.Vwap.ShouldBe(candles.Sum(one => one.Vwap * one.Volume) / candles.Sum(one => one.Volume), 1e-9 * actual.Vwap, what);
        actual.TradeCount.ShouldBe(candles.Sum(one => one.TradeCount), what);
        actual.LongLiquidations.ShouldBe(candles.Sum(one => one.LongLiquidations), what);
        actual.TakerBuyVolume.ShouldBe(candles.Sum(one => one.TakerBuyVolume), what);
        actual.OpenInterest.ShouldBe(candles[^1].OpenInterest, what);
        var isGood = parts.TrueForAll(part => (bool)part["is_validated"]!);
        ((bool)bar["is_validated"]!, (double)bar["quality_score"]!).ShouldBe((isGood, isGood ? 1 : 0.7), what);
        bar["validation_notes"]!.AsArray().Count.ShouldBe(isGood ? 0 : 2, what);
        ((string)bar["source"]!).Split('+').ShouldBe(parts.Select(part => (string)part["source"]!).Distinct(), what);
    }

    private async Task<string[]> StampsAsync(string call) => [.. (await data.RowsAsync("historical/" + call)).Select(row => ((string)row["timestamp"]!)[5..16])];

    private static List<JsonObject> Csv(string text)
    {
        var lines = text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(',')).ToList();
        return [.. lines.Skip(1).Select(line => new JsonObject(lines[0].Zip(line, (name, value) => KeyValuePair.Create(
            name, value.Length == 0 ? null : name is "symbol" or "timeframe" or "timestamp" ? JsonValue.Create(value) : JsonNode.Parse(value)))))];
    }

    private static string SessionKey(DateTime instant, int offset, double opening, int hours) =>
        Local(instant, offset) is var local ? $"{local:yyyyMMdd}{(int)Math.Floor((local.TimeOfDay.TotalHours - opening) / hours)}" : "";

    private static int NewYork(DateTime instant) => instant > new DateTime(2024, 3, 10, 7, 0, 0) && instant < new DateTime(2024, 11, 3, 6, 0, 0) ? -4 : -5;

    private static DateTime Local(DateTime instant, int offset) => instant.AddHours(offset);
}
