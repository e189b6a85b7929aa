using System.Net;
using System.Text.Json.Nodes;
using MarketData.Domain.Candles;
using MarketData.Domain.Features;

namespace MarketData.Api.Tests.Historical;

/// <summary>Columns, features, order, zone and decimals: the same rows in another shape.</summary>
public sealed class ShapeTests(ShapeData data) : IClassFixture<ShapeData>
{
    private const string Columns = "columns=close,timestamp,sma_20,vwap,vwap_feature,rsi(5)";
    private static readonly string[] Shown = ["close", "timestamp", "sma_20", "vwap", "vwap_feature", "rsi_5"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("csv")]
    [InlineData("parquet")]
    [InlineData("arrow")]
    public async Task Columns_are_those_that_were_named_in_their_order(string format)
    {
        const string call = "historical/BTC-USD?timeframe=1h&start=2024-02-01&limit=200";
        var all = await data.RowsAsync(call + "&features=true");
        var fives = await data.RowsAsync(call + "&features=rsi(5)");
        List<JsonObject> rows;
        if (format == "csv")
        {
            var lines = (await data.TextAsync($"{call}&{Columns}&format=csv")).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
            lines[0].ShouldBe(string.Join(',', Shown));
            rows = [.. lines.Skip(1).Select(line => new JsonObject(Shown.Zip(line.Split(','), (name, text) => KeyValuePair.Create(
                name, name == "timestamp" ? JsonValue.Create(text) : text.Length == 0 ? (JsonNode?)null : JsonNode.Parse(text)))))];
        }
        else
        {
            var file = await data.FileAsync(format, $"{call}&{Columns}");
            file["columns"]!.AsArray().Select(name => (string)name!).ShouldBe(Shown);
            rows = [.. file["rows"]!.AsArray().Select(row => row!.AsObject())];
        }

        rows.Count.ShouldBe(200);
        for (var i = 0; i < rows.Count; i++)
        {
            var (row, one) = (rows[i], all[i]);
            DateTime.Parse((string)row["timestamp"]!, null).ShouldBe(DateTime.Parse((string)one["timestamp"]!, null));
            (Number(row["close"]), Number(row["sma_20"]), Number(row["vwap"]), Number(row["vwap_feature"]), Number(row["rsi_5"])).ShouldBe((
                Number(one["close"]), Number(one["features"]!["sma_20"]), Number(one["vwap"]), Number(one["features"]!["vwap"]), Number(fives[i]["features"]!["rsi_5"])));
        }
    }

    [Fact]
    public async Task Objects_have_only_the_fields_that_were_named_and_features_within_them()
    {
        const string call = "historical/BTC-USD?timeframe=1h&limit=3&";
        var page = await data.RowsAsync(call + Columns);
        foreach (var row in page)
        {
            row.Select(field => field.Key).ShouldBe(["close", "timestamp", "vwap", "features"]);
            row["features"]!.AsObject().Select(field => field.Key).ShouldBe(["sma_20", "vwap", "rsi_5"]);
        }

        (await data.TextAsync($"{call}{Columns}&format=ndjson")).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .ShouldBe(page.Select(row => row.ToJsonString()));
        (await data.RowsAsync(call + "columns=close")).ShouldAllBe(row => row.Count == 1);
        (await data.RowsAsync(call + "columns=SYMBOL,Timeframe&features=atr"))[0].ToJsonString().ShouldStartWith("""{"symbol":"BTC-USD","timeframe":"1h","features":{"atr":""");
        (await data.RowsAsync(call + "columns=timestamp,sma(7)&features=true"))[0]["features"]!.AsObject().Count.ShouldBe(FeatureCatalogue.All.Count + 1);
        var mixed = await data.TextAsync("historical?symbols=AAPL,BTC-USD&timeframe=1h&limit=1&columns=symbol,open_interest,close,delta&format=csv");
        mixed.ShouldStartWith("symbol,open_interest,close,delta\r\nAAPL,,");
        // A column of crypto that a share has no values for is there all the same.
        (await data.TextAsync("historical/AAPL?limit=1&columns=close,funding_rate&format=csv")).ShouldEndWith(",\r\n");
    }

    [Theory]
    [InlineData("historical/AAPL?columns=closes", "columns", "must be names of symbol, timeframe, timestamp, open")]
    [InlineData("historical/AAPL?columns=close,open,close", "columns", "names close more than once")]
    [InlineData("historical/AAPL?columns=sma(9999)", "columns", "sma(n)")]
    [InlineData("historical/AAPL?features=sma_20,sma_1", "features", "with a window of 2 to 500 candles")]
    [InlineData("historical/AAPL?features=true,atr", "features", "alone")]
    [InlineData("historical/AAPL?features=sma(20),sma_20", "features", "names sma_20 more than once")]
    [InlineData("historical?symbols=AAPL&features=colour", "features", "return_1h, return_1d")]
    [InlineData("historical/AAPL?order=newest", "order", "asc, desc")]
    [InlineData("historical/AAPL?tz=Atlantis/Capital", "tz", "IANA")]
    [InlineData("historical/AAPL?tz=exchange&format=parquet", "tz", "have a type for instants")]
    [InlineData("historical/AAPL?decimals=-1", "decimals", "0 to 15")]
    [InlineData("historical/AAPL?timeframe=7m", "timeframe", "1M, 2M")]
    [InlineData("historical?asset_class=stock&columns=bid", "columns", "trade_count")]
    [InlineData("features/AAPL?features=x", "features", "sma_20")]
    public async Task What_there_is_not_is_refused_with_what_there_is(string call, string field, string text)
    {
        var problem = await data.Api.Client.FetchAsync("/api/v1/" + call).ProblemAsync(HttpStatusCode.BadRequest, field);
        problem.GetProperty("errors").GetProperty(field)[0].GetString()!.ShouldContain(text);
    }

    [Theory]
    [InlineData("AAPL", "1d", "")]
    [InlineData("AAPL", "1d", "&adjusted=none")]
    [InlineData("AAPL", "1d", "&adjusted=splits&min_quality=0.8")]
    [InlineData("BTC-USD", "1h", "")]
    [InlineData("BTC-USD", "1h", "&order=desc")]
    public async Task Features_of_any_window_are_those_of_the_whole_history_whatever_range_is_asked_for(string symbol, string timeframe, string query)
    {
        string[] names = ["sma_200", "ema_50", "rsi_30", "atr", "atr_40", "volatility_120", "trend_direction"];
        var call = $"historical/{symbol}?timeframe={timeframe}{query}";
        var candles = await data.PagesAsync($"historical/{symbol}?timeframe={timeframe}&order=asc{query.Replace("&order=desc", "", StringComparison.Ordinal).Replace("&min_quality=0.8", "", StringComparison.Ordinal)}");
        var expected = ByTime(candles, Compute(candles, symbol, Timeframe.Parse(timeframe), names));
        const string list = "&features=sma(200),ema_50,rsi(30),atr,atr(40),volatility_120,trend_direction";
        var rows = new List<JsonObject>();
        rows.AddRange(await data.RowsAsync($"{call}{list}&limit=25"));
        rows.AddRange(await data.RowsAsync($"{call}{list}&start=2024-03-20&limit=30"));
        rows.AddRange(Lines(await data.TextAsync($"{call}{list}&start=2024-03-20&end=2024-04-03&format=ndjson")));
        rows.AddRange(Lines(await data.TextAsync($"{call}{list}&limit=9&format=ndjson")));
        rows.AddRange(Lines(await data.TextAsync($"{call}{list}&format=ndjson")));
        var set = await data.RowsAsync($"historical?symbols=GONE,{symbol}&timeframe={timeframe}{query}{list}&start=2024-04-01&limit=11");
        rows.AddRange(set);
        set.Count.ShouldBe(11);
        foreach (var row in rows)
        {
            row["features"]!.AsObject().Select(feature => feature.Key).ShouldBe(names);
            foreach (var (name, value) in row["features"]!.AsObject())
                ShouldAgree(value, expected[(string)row["timestamp"]!][name], $"{name} {row["timestamp"]}");
        }
    }

    [Theory]
    [InlineData("AAPL?timeframe=1d")]
    [InlineData("AAPL?timeframe=1d&start=2020-08-01&end=2021-01-31&features=true")]
    [InlineData("BTC-USD?timeframe=1h&start=2024-02-01&features=ema(30),obv&validated_only=true")]
    [InlineData("AAPL?timeframe=3d&features=true")]
    [InlineData("BTC-USD?timeframe=6h&end=2024-04-01&features=sma(5)")]
    [InlineData("BTC-USD?timeframe=1h&as_of=2030-01-01&end=2024-01-20")]
    public async Task Newest_first_is_oldest_first_turned_round_page_by_page_and_in_every_stream(string call)
    {
        var asc = await data.PagesAsync($"historical/{call}&order=asc&limit=90");
        var whole = await data.PagesAsync($"historical/{call}&order=asc");
        asc.Count.ShouldBeGreaterThan(100);
        ShouldBeSame(asc, whole);
        asc.Reverse();
        ShouldBeSame(await data.PagesAsync($"historical/{call}&order=desc&limit=37"), asc);
        ShouldBeSame(Lines(await data.TextAsync($"historical/{call}&order=desc&format=ndjson")), asc);
        ShouldBeSame(Lines(await data.TextAsync($"historical/{call}&order=desc&limit=41&format=ndjson")), asc[..41]);
        var oldest = Enumerable.Reverse(asc).ToList();
        ShouldBeSame(Lines(await data.TextAsync($"historical/{call}&order=asc&format=ndjson")), oldest);
        ShouldBeSame(Lines(await data.TextAsync($"historical/{call}&order=asc&limit=41&format=ndjson")), oldest[..41]);
    }

    [Fact]
    public async Task A_set_has_the_newest_of_each_symbol_first()
    {
        const string call = "historical?symbols=BTC-USD,AAPL&timeframe=1h&start=2024-03-01&end=2024-03-15&features=rsi_14";
        var asc = await data.RowsAsync(call);
        var desc = await data.RowsAsync(call + "&order=desc");
        ShouldBeSame(desc, [.. asc.GroupBy(row => (string)row["symbol"]!).SelectMany(rows => rows.Reverse())]);
        using var answer = await data.Api.Client.FetchAsync($"/api/v1/{call}&order=desc&format=csv&tz=Europe/Berlin");
        answer.Content.Headers.ContentDisposition!.FileName!.Trim('"').ShouldBe("AAPL+BTC-USD_1h_2024-03-01_2024-03-15_desc_europe-berlin.csv");
    }

    [Fact]
    public async Task Features_alone_take_the_same_shape()
    {
        const string call = "features/BTC-USD?timeframe=6h&features=sma(10),atr&decimals=3&tz=Asia/Tokyo";
        var candles = await data.RowsAsync("historical/BTC-USD?timeframe=6h&order=desc&limit=50&features=sma(10),atr&decimals=3&tz=Asia/Tokyo&columns=timestamp");
        ShouldBeSame(await data.RowsAsync(call + "&order=desc&limit=50", "features"), candles);
        ShouldBeSame(await data.RowsAsync(call, "features"), candles[..1]);
        (await data.PagesAsync(call + "&order=desc&limit=200", "features")).Count.ShouldBe(122 * 4);
    }

    [Fact]
    public async Task Times_are_written_by_the_clock_that_was_asked_for()
    {
        async Task<string[]> TimesAsync(string call) => [.. (await data.RowsAsync("historical/" + call)).Select(row => (string)row["timestamp"]!)];
        // Clocks were put forward on 2024-03-10 in New York and on 2024-03-31 in Berlin.
        (await TimesAsync("AAPL?timeframe=1h&start=2024-03-08T20:00:00Z&limit=2&tz=exchange")).ShouldBe(["2024-03-08T15:30:00-05:00", "2024-03-11T09:30:00-04:00"]);
        (await TimesAsync("BTC-USD?timeframe=1h&start=2024-03-31T00:00:00Z&limit=2&tz=europe/berlin")).ShouldBe(["2024-03-31T01:00:00+01:00", "2024-03-31T03:00:00+02:00"]);
        (await TimesAsync("BTC-USD?timeframe=6h&start=2024-03-31&limit=1&tz=Asia/Kolkata")).ShouldBe(["2024-03-31T05:30:00+05:30"]);
        // A session's date stays that date; a day of crypto is an instant.
        (await TimesAsync("AAPL?start=2024-03-08&limit=2&tz=America/New_York")).ShouldBe(["2024-03-08T00:00:00-05:00", "2024-03-11T00:00:00-04:00"]);
        (await TimesAsync("BTC-USD?timeframe=2d&start=2024-03-08&limit=1&tz=America/New_York")).ShouldBe(["2024-03-07T19:00:00-05:00"]);
        (await TimesAsync("AAPL?start=2024-03-08&limit=1&tz=UTC")).ShouldBe(["2024-03-08T00:00:00Z"]);
        var lines = (await data.TextAsync("historical?symbols=AAPL,0700.HK,BTC-USD&timeframe=1h&start=2024-03-08&limit=1&tz=exchange&columns=symbol,timestamp&format=csv")).Split("\r\n");
        lines[1..4].ShouldBe(["0700.HK,2024-03-08T09:30:00+08:00", "AAPL,2024-03-08T09:30:00-05:00", "BTC-USD,2024-03-08T00:00:00+00:00"]);
    }

    [Fact]
    public async Task Numbers_are_rounded_but_scores_are_not()
    {
        const string call = "historical/BTC-USD?timeframe=1h&limit=60&features=true";
        var (exact, rounded) = (await data.RowsAsync(call), await data.RowsAsync(call + "&decimals=2"));
        rounded.ShouldContain(row => (double)row["quality_score"]! == 0.7);
        for (var i = 0; i < exact.Count; i++)
        {
            foreach (var (name, value) in exact[i].Concat(exact[i]["features"]!.AsObject().Select(feature => KeyValuePair.Create("/" + feature.Key, feature.Value))))
            {
                var other = name[0] == '/' ? rounded[i]["features"]![name[1..]] : rounded[i][name];
                if (value is JsonValue number && number.TryGetValue(out double exactly) && name != "quality_score")
                    ((double)other!).ShouldBe(Math.Round(exactly, 2, MidpointRounding.AwayFromZero), name);
                else if (name != "features")
                    JsonNode.DeepEquals(other, value).ShouldBeTrue(name);
            }
        }

        (await data.FileAsync("parquet", "historical/AAPL?limit=2&decimals=0"))["rows"]!.AsArray()
            .ShouldAllBe(row => (double)row!["close"]! == Math.Round((double)row["close"]!));
    }

    [Fact]
    public async Task A_cursor_and_a_tag_belong_to_their_shape()
    {
        string[] shapes = ["", "&columns=close", "&features=atr", "&features=sma(9)", "&order=desc", "&order=asc", "&tz=exchange", "&decimals=1"];
        var tags = new List<string>();
        foreach (var shape in shapes)
        {
            using var answer = await data.Api.Client.FetchAsync("/api/v1/historical/AAPL?limit=5" + shape);
            tags.Add(answer.Headers.ETag!.ToString());
            var cursor = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancellation))!["next_cursor"]!;
            foreach (var other in shapes.Where(other => other != shape))
                await data.Api.Client.FetchAsync($"/api/v1/historical/AAPL?limit=5{other}&cursor={cursor}").ProblemAsync(HttpStatusCode.BadRequest, "cursor");
        }

        tags.ShouldBeUnique();
    }

    internal static List<Dictionary<string, JsonNode?>> Compute(List<JsonObject> candles, string symbol, Timeframe timeframe, string[] names)
    {
        var instrument = new Instrument(Symbol.Parse(symbol), AssetClassNames.OfName(Symbol.Parse(symbol)));
        var features = names.Select(name => FeatureCatalogue.Parse(name)!).ToList();
        var table = new FeatureTable(features);
        new FeatureEngine(instrument, timeframe, features).Append([.. candles.Select(CandleOf)], table);
        return
        [
            .. Enumerable.Range(0, candles.Count).Select(row => features.ToDictionary(feature => feature.Name, feature => table.Column(feature)[row] switch
            {
                double.NaN => null,
                var value when feature.Labels.Count > 0 => JsonValue.Create(feature.LabelOf(value)),
                var value => (JsonNode?)JsonValue.Create(value),
            })),
        ];
    }

    internal static Candle CandleOf(JsonObject row) => new()
    {
        Timestamp = DateTime.Parse((string)row["timestamp"]!, null, System.Globalization.DateTimeStyles.AdjustToUniversal),
        Open = (double)row["open"]!,
        High = (double)row["high"]!,
        Low = (double)row["low"]!,
        Close = (double)row["close"]!,
        Volume = (double)row["volume"]!,
        Vwap = Number(row["vwap"]),
        TradeCount = (long?)row["trade_count"],
        TakerBuyVolume = Number(row["taker_buy_volume"]),
        TakerSellVolume = Number(row["taker_sell_volume"]),
        LongLiquidations = Number(row["long_liquidations"]),
        ShortLiquidations = Number(row["short_liquidations"]),
        OpenInterest = Number(row["open_interest"]),
        FundingRate = Number(row["funding_rate"]),
        LongShortRatio = Number(row["long_short_ratio"]),
    };

    internal static void ShouldAgree(JsonNode? actual, JsonNode? expected, string what)
    {
        if (expected is JsonValue value && value.TryGetValue(out double number))
            Number(actual).ShouldBe(number, 1e-10 * Math.Max(1, Math.Abs(number)), what);
        else
            JsonNode.DeepEquals(actual, expected).ShouldBeTrue($"{what}: {actual} {expected}");
    }

    internal static List<JsonObject> Lines(string text) => [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!.AsObject())];

    // Features that were taken up at different candles may differ in the last digit.
    private static void ShouldBeSame(List<JsonObject> actual, List<JsonObject> expected)
    {
        actual.Select(row => $"{row["symbol"]} {row["timestamp"]}").ShouldBe(expected.Select(row => $"{row["symbol"]} {row["timestamp"]}"));
        for (var i = 0; i < actual.Count; i++)
        {
            actual[i].Select(field => field.Key).ShouldBe(expected[i].Select(field => field.Key));
            foreach (var (name, value) in expected[i].Where(field => field.Key != "features"))
                JsonNode.DeepEquals(actual[i][name], value).ShouldBeTrue($"{i} {name}: {actual[i][name]} {value}");
            foreach (var (name, value) in expected[i]["features"]?.AsObject() ?? [])
                ShouldAgree(actual[i]["features"]![name], value, $"{i} {name}");
        }
    }

    private static Dictionary<string, Dictionary<string, JsonNode?>> ByTime(List<JsonObject> candles, List<Dictionary<string, JsonNode?>> features) =>
        candles.Zip(features).ToDictionary(pair => (string)pair.First["timestamp"]!, pair => pair.Second);

    private static double Number(JsonNode? node) => (double?)node ?? double.NaN;
}
