using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MarketData.Domain.Candles;
using MarketData.Storage.Candles;

namespace MarketData.Api.Tests.Historical;

public sealed class HistoricalTests(HistoricalData data) : IClassFixture<HistoricalData>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_page_has_the_fields_of_the_contract_and_the_values_that_were_stored()
    {
        var page = await PageAsync("BTC-USD?timeframe=1h&features=true");
        page.Select(field => field.Key).ShouldBe(["symbol", "timeframe", "candles", "next_cursor"]);
        ((string?)page["symbol"], (string?)page["timeframe"], page["next_cursor"]).ShouldBe(("BTC-USD", "1h", null));
        var candles = page["candles"]!.AsArray();
        candles.Count.ShouldBe(data.Hours.Length);
        candles[3]!.AsObject().Select(field => field.Key).ShouldBe(
        [
            "timestamp", "open", "high", "low", "close", "volume", "vwap", "trade_count", "open_interest", "funding_rate", "long_short_ratio",
            "long_liquidations", "short_liquidations", "taker_buy_volume", "taker_sell_volume", "source", "is_validated", "quality_score",
            "validation_notes", "features",
        ]);
        for (var row = 0; row < candles.Count; row++)
            ShouldBe(candles[row]!, row);
        ((string?)candles[3]!["timestamp"]).ShouldBe("2023-12-25T03:00:00Z");
        candles[3]!["validation_notes"]!.ToJsonString().ShouldBe("""["volume_anomaly","gap_before"]""");
        ((long?)candles[3]!["trade_count"], (bool?)candles[3]!["is_validated"], (double?)candles[3]!["quality_score"]).ShouldBe((9_007_199_254_740_991, false, 0.7));
        candles[4]!["validation_notes"]!.ToJsonString().ShouldBe("[]");
    }

    [Fact]
    public async Task A_stock_has_no_crypto_fields_and_features_only_when_asked_for()
    {
        var candle = (await PageAsync("aapl"))["candles"]![0]!.AsObject();
        candle.Select(field => field.Key).ShouldBe(
            ["timestamp", "open", "high", "low", "close", "volume", "vwap", "trade_count", "source", "is_validated", "quality_score", "validation_notes"]);
        (await PageAsync("AAPL?features=true"))["candles"]![0]!["features"]!.AsObject().ContainsKey("funding_rate_percentile").ShouldBeFalse();
    }

    [Fact]
    public async Task Prices_are_adjusted_for_splits_and_dividends_unless_told_otherwise()
    {
        // By hand: a dividend D takes 1 − D/c off all that lies before it, c the close before it as traded; 4:1 divides by four.
        const double november = 1 - 0.205 / 119;
        const double august = 1 - 0.82 / 455;
        double[] expected = [455 / 4.0 * november * august, 444 / 4.0 * november, 499 / 4.0 * november, 129 * november, 119 * november, 118];
        (await ClosesAsync("AAPL")).ShouldBe(expected, 1e-12);
        foreach (var traded in (string[])["false", "none", "NONE"])
            (await ClosesAsync("AAPL?adjusted=" + traded)).ShouldBe([455, 444, 499, 129, 119, 118]);
        (await ClosesAsync("AAPL?adjusted=all")).ShouldBe(await ClosesAsync("AAPL"));
        (await ClosesAsync("AAPL?adjusted=splits")).ShouldBe([455 / 4.0, 444 / 4.0, 499 / 4.0, 129, 119, 118]);
        await new FeatureStore(data.Database.DataSource).CatchUpAsync(
            new Instrument(Symbol.Parse("AAPL"), AssetClass.Stock), BarInterval.OneDay, null, null, Cancellation);
        foreach (var (adjusted, before) in ((string, double)[])[("splits", 119), ("none", 119), ("all", 119 - 0.205)])
        {
            // The last day is an ex-date of a dividend.
            using var answer = await data.Client.GetAsync($"/api/v1/historical/AAPL?adjusted={adjusted}&start=2020-11-06&features=true&format=ndjson", Cancellation);
            var row = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancellation))!;
            ((double)row["features"]!["return_1d"]!).ShouldBe(118 / before - 1, 1e-12, adjusted);
            answer.Content.Headers.ContentDisposition!.FileName!.Trim('"').ShouldBe(
                $"AAPL_1d_2020-11-06_2020-11-06{adjusted switch { "splits" => "_splits", "none" => "_unadjusted", _ => "" }}.ndjson");
            var page = await PageAsync($"AAPL?adjusted={adjusted}&start=2020-11-06&features=true");
            JsonNode.DeepEquals(page["candles"]![0], row).ShouldBeTrue(adjusted);
        }
        (await PageAsync("AAPL"))["candles"]!.AsArray().Select(candle => (double)candle!["volume"]!).ShouldBe([4000, 4000, 4000, 1000, 1000, 1000]);
    }

    [Fact]
    public async Task Pages_follow_each_other_while_the_series_is_written()
    {
        var ether = new Instrument(Symbol.Parse("ETH-USD"), AssetClass.Crypto);
        var hours = HistoricalData.Hourly(60);
        await data.WriteAsync(ether, BarInterval.OneHour, hours[..40]);
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await PageAsync($"ETH-USD?timeframe=1h&start=2023-12-25&limit=7{(cursor is null ? "" : "&cursor=" + cursor)}");
            seen.AddRange(page["candles"]!.AsArray().Select(candle => (string)candle!["timestamp"]!));
            cursor = (string?)page["next_cursor"];
            await data.WriteAsync(ether, BarInterval.OneHour, [hours[Math.Min(59, 39 + seen.Count / 7)]]);
        }
        while (cursor is not null);
        seen.ShouldBe([.. seen.Distinct().Order(StringComparer.Ordinal)]);
        seen.Take(40).ShouldBe([.. Enumerable.Range(0, 40).Select(hour => HistoricalData.Start.AddHours(hour).ToString("yyyy-MM-ddTHH:mm:ssZ", null))]);
        seen.Count.ShouldBeGreaterThan(40);
    }

    [Fact]
    public async Task Without_a_start_pages_go_back_from_the_newest()
    {
        var first = await PageAsync("BTC-USD?timeframe=1h&limit=150");
        ((string?)first["candles"]![149]!["timestamp"]).ShouldBe("2024-01-02T07:00:00Z");
        var second = await PageAsync($"BTC-USD?timeframe=1h&limit=150&cursor={first["next_cursor"]}");
        second["candles"]!.AsArray().Count.ShouldBe(50);
        ((string?)second["candles"]![0]!["timestamp"], second["next_cursor"]).ShouldBe(("2023-12-25T00:00:00Z", null));
    }

    [Fact]
    public async Task Bounds_and_filters_leave_what_they_say()
    {
        (await CountAsync("start=2023-12-25T05:00:00Z&end=2023-12-25T09:00:00Z")).ShouldBe(4);
        (await CountAsync("end=2023-12-25T09:00:00%2B01:00")).ShouldBe(8);
        (await CountAsync("start=2023-12-25T05:00:00Z&end=2023-12-25T05:00:00Z")).ShouldBe(0);
        (await CountAsync("end=2023-12-25")).ShouldBe(24);
        (await CountAsync("start=2023-12-26&end=2023-12-26")).ShouldBe(24);
        (await CountAsync("validated_only=true")).ShouldBe(199);
        (await CountAsync("min_quality=0.7")).ShouldBe(200);
        (await CountAsync("min_quality=0.71")).ShouldBe(199);
        (await CountAsync("start=2030-01-01")).ShouldBe(0);
        (await PageAsync("EMPTY"))["candles"]!.AsArray().ShouldBeEmpty();

        async Task<int> CountAsync(string query) => (await PageAsync($"BTC-USD?timeframe=1h&{query}"))["candles"]!.AsArray().Count;
    }

    [Fact]
    public async Task As_of_gives_what_was_on_record_then_and_the_tag_follows_every_change()
    {
        var solana = new Instrument(Symbol.Parse("SOL-USD"), AssetClass.Crypto);
        var hours = HistoricalData.Hourly(3);
        var tags = new List<string>();
        await data.WriteAsync(solana, BarInterval.OneHour, hours);
        var before = (await data.QueryAsync<DateTime>("SELECT clock_timestamp()")).ToString("O");
        tags.Add(await TagAsync());
        (await data.Client.SendAsync(Get("SOL-USD?timeframe=1h", ("If-None-Match", $"\"other\", {tags[0]}")), Cancellation)).StatusCode.ShouldBe(HttpStatusCode.NotModified);

        await data.WriteAsync(solana, BarInterval.OneHour, [hours[1] with { Candle = hours[1].Candle with { Close = 42 } }]);
        (await ClosesAsync("SOL-USD?timeframe=1h")).ShouldBe([hours[0].Candle.Close, 42, hours[2].Candle.Close]);
        (await ClosesAsync($"SOL-USD?timeframe=1h&as_of={before}")).ShouldBe([.. hours.Select(hour => hour.Candle.Close)]);
        (await ClosesAsync("SOL-USD?timeframe=1h&as_of=2000-01-01")).ShouldBeEmpty();
        tags.Add(await TagAsync());
        await data.ExecuteAsync("INSERT INTO corporate_actions (symbol, kind, ex_date, ratio_from, ratio_to, source) VALUES ('SOL-USD', 'split', '2024-01-02', 1, 2, 'x')");
        tags.Add(await TagAsync());
        tags.ShouldBeUnique();
        (await data.Client.SendAsync(Get("SOL-USD?timeframe=1h", ("If-None-Match", tags[0])), Cancellation)).StatusCode.ShouldBe(HttpStatusCode.OK);

        async Task<string> TagAsync()
        {
            using var answer = await data.Client.GetAsync("/api/v1/historical/SOL-USD?timeframe=1h", Cancellation);
            return answer.Headers.ETag!.ToString();
        }
    }

    [Theory]
    [InlineData("BTC-USD?timeframe=13h", "timeframe")]
    [InlineData("BTC-USD?limit=0", "limit")]
    [InlineData("BTC-USD?limit=10001", "limit")]
    [InlineData("BTC-USD?limit=99999999999999", "limit")]
    [InlineData("BTC-USD?start=yesterday", "start")]
    [InlineData("BTC-USD?min_quality=1.1", "min_quality")]
    [InlineData("BTC-USD?min_quality=NaN", "min_quality")]
    [InlineData("BTC-USD?cursor=x", "cursor")]
    [InlineData("BTC-USD?format=xlsx", "format")]
    [InlineData("BTC-USD?features=1", "features")]
    [InlineData("BTC-USD?adjusted=dividends", "adjusted")]
    [InlineData("BTC-USD?colour=red", "colour")]
    [InlineData("BTC-USD?limit=1&limit=2", "limit")]
    [InlineData("BTC_USD", "symbol")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAA", "symbol")]
    public async Task Bad_input_is_refused_with_the_name_of_the_field(string call, string field)
    {
        using var answer = await data.Client.GetAsync("/api/v1/historical/" + call, Cancellation);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        (await answer.Content.ReadFromJsonAsync<JsonObject>(Cancellation))!["errors"]!.AsObject().Select(error => error.Key).ShouldBe([field]);
    }

    [Fact]
    public async Task Unknown_symbols_and_formats_are_refused()
    {
        (await data.Client.GetAsync("/api/v1/historical/NONE", Cancellation)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await data.Client.SendAsync(Get("BTC-USD", ("Accept", "image/png")), Cancellation)).StatusCode.ShouldBe(HttpStatusCode.NotAcceptable);
    }

    [Theory]
    [InlineData("text/html,application/xhtml+xml,*/*;q=0.8", "application/json")]
    [InlineData("application/json;q=0.1, text/csv", "text/csv")]
    [InlineData("text/*", "text/csv")]
    [InlineData("application/x-ndjson", "application/x-ndjson")]
    [InlineData("application/vnd.apache.parquet", "application/vnd.apache.parquet")]
    [InlineData("application/vnd.apache.arrow.stream, */*;q=0.1", "application/vnd.apache.arrow.stream")]
    public async Task The_form_follows_what_the_client_accepts(string accept, string mediaType)
    {
        using var answer = await data.Client.SendAsync(Get("BTC-USD?timeframe=1h&limit=3", ("Accept", accept)), Cancellation);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe(mediaType);
        answer.Headers.Vary.ShouldContain("Accept");
    }

    [Fact]
    public async Task Csv_holds_what_was_stored()
    {
        using var answer = await data.Client.GetAsync("/api/v1/historical/BTC-USD?timeframe=1h&format=csv&features=true", Cancellation);
        answer.Content.Headers.ContentDisposition!.ToString().ShouldBe("attachment; filename=\"BTC-USD_1h_2023-12-25_2024-01-02.csv\"");
        var lines = (await answer.Content.ReadAsStringAsync(Cancellation)).Split("\r\n");
        lines[^1].ShouldBeEmpty();
        var header = lines[0].Split(',');
        header.ShouldBeUnique();
        header[..5].ShouldBe(["timestamp", "open", "high", "low", "close"]);
        header[^26..].ShouldContain("sma_20");
        lines.Length.ShouldBe(data.Hours.Length + 2);
        for (var row = 0; row < data.Hours.Length; row++)
            ShouldBe(FromText(header, lines[row + 1].Split(',')), row, separateFeatures: false);
    }

    [Fact]
    public async Task Ndjson_holds_what_was_stored()
    {
        var text = await data.Client.GetStringAsync("/api/v1/historical/BTC-USD?timeframe=1h&format=ndjson&features=true", Cancellation);
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(data.Hours.Length);
        for (var row = 0; row < lines.Length; row++)
            ShouldBe(JsonNode.Parse(lines[row])!, row);
    }

    [Theory]
    [InlineData("parquet")]
    [InlineData("arrow")]
    public async Task Another_implementation_reads_the_binary_formats(string format)
    {
        var file = Path.Combine(await NodeProject.CreateFolderAsync(), "file");
        await File.WriteAllBytesAsync(
            file, await data.Client.GetByteArrayAsync($"/api/v1/historical/BTC-USD?timeframe=1h&format={format}&features=true", Cancellation), Cancellation);
        var read = JsonNode.Parse(await NodeProject.RunAsync("read.mjs", [format, file], Cancellation))!;
        var csv = await data.Client.GetStringAsync("/api/v1/historical/BTC-USD?timeframe=1h&format=csv&features=true&limit=1", Cancellation);
        read["columns"]!.AsArray().Select(name => (string)name!).ShouldBe(["symbol", "timeframe", .. csv.Split("\r\n")[0].Split(',')]);
        var facts = JsonNode.Parse((string)read["facts"]!)!;
        ((string?)facts["timeframe"], (string?)facts["adjusted"], (string?)facts["series"]![0]!["symbol"], (string?)facts["series"]![0]!["asset_class"])
            .ShouldBe(("1h", "all", "BTC-USD", "crypto"));
        facts["series"]!.AsArray().Count.ShouldBe(1);
        var rows = read["rows"]!.AsArray();
        rows.Count.ShouldBe(data.Hours.Length);
        for (var row = 0; row < rows.Count; row++)
            ShouldBe(rows[row]!, row, separateFeatures: false);
        rows.ShouldAllBe(row => (string?)row!["symbol"] == "BTC-USD" && (string?)row["timeframe"] == "1h");
        ((string?)rows[3]!["validation_notes"]).ShouldBe("volume_anomaly gap_before");
    }

    [Theory]
    [InlineData("parquet")]
    [InlineData("arrow")]
    public async Task An_empty_range_is_a_readable_file(string format)
    {
        var file = Path.Combine(await NodeProject.CreateFolderAsync(), "file");
        await File.WriteAllBytesAsync(file, await data.Client.GetByteArrayAsync($"/api/v1/historical/EMPTY?format={format}", Cancellation), Cancellation);
        var read = JsonNode.Parse(await NodeProject.RunAsync("read.mjs", [format, file], Cancellation))!;
        read["rows"]!.AsArray().ShouldBeEmpty();
        read["columns"]!.AsArray().Count.ShouldBe(14);
    }

    [Theory]
    [InlineData("gzip", "csv")]
    [InlineData("br", "ndjson")]
    [InlineData("gzip", "json")]
    public async Task Answers_are_compressed_for_those_who_ask(string encoding, string format)
    {
        var call = $"BTC-USD?timeframe=1h&format={format}&features=true";
        using var answer = await data.Client.SendAsync(Get(call, ("Accept-Encoding", encoding)), Cancellation);
        answer.Content.Headers.ContentEncoding.ShouldBe([encoding]);
        await using var body = await answer.Content.ReadAsStreamAsync(Cancellation);
        await using Stream plain = encoding == "br" ? new BrotliStream(body, CompressionMode.Decompress) : new GZipStream(body, CompressionMode.Decompress);
        using var reader = new StreamReader(plain);
        (await reader.ReadToEndAsync(Cancellation)).ShouldBe(await data.Client.GetStringAsync("/api/v1/historical/" + call, Cancellation));
    }

    private static HttpRequestMessage Get(string call, params ReadOnlySpan<(string Name, string Value)> headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/historical/" + call);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return request;
    }

    private static JsonObject FromText(string[] header, string[] values) => new(header.Zip(values).Select(pair => KeyValuePair.Create(
        pair.First,
        (JsonNode?)(pair.Second.Length == 0 ? null
            : double.TryParse(pair.Second, out var number) ? JsonValue.Create(number)
            : JsonValue.Create(pair.Second)))));

    private async Task<JsonObject> PageAsync(string call) => (await data.Client.GetFromJsonAsync<JsonObject>("/api/v1/historical/" + call, Cancellation))!;

    private async Task<double[]> ClosesAsync(string call) =>
        [.. (await PageAsync(call))["candles"]!.AsArray().Select(candle => (double)candle!["close"]!)];

    private void ShouldBe(JsonNode actual, int row, bool separateFeatures = true)
    {
        var candle = data.Hours[row].Candle;
        DateTime.Parse((string)actual["timestamp"]!, null, System.Globalization.DateTimeStyles.AdjustToUniversal).ShouldBe(candle.Timestamp);
        (string, double)[] values =
        [
            ("open", candle.Open), ("high", candle.High), ("low", candle.Low), ("close", candle.Close), ("volume", candle.Volume), ("vwap", candle.Vwap),
            ("open_interest", candle.OpenInterest), ("funding_rate", candle.FundingRate), ("long_short_ratio", candle.LongShortRatio),
            ("long_liquidations", candle.LongLiquidations), ("short_liquidations", candle.ShortLiquidations),
            ("taker_buy_volume", candle.TakerBuyVolume), ("taker_sell_volume", candle.TakerSellVolume),
        ];
        foreach (var (name, value) in values)
            ((double?)actual[name] ?? double.NaN).ShouldBe(value, name);
        var features = separateFeatures ? actual["features"]! : actual;
        foreach (var feature in data.Features.Features)
        {
            var name = !separateFeatures && (feature.Name is "vwap" or "long_short_ratio") ? feature.Name + "_feature" : feature.Name;
            var value = data.Features.Column(feature)[row];
            if (feature.Labels.Count > 0)
                ((string?)features[name]).ShouldBe(double.IsNaN(value) ? null : feature.LabelOf(value), name);
            else
                ((double?)features[name] ?? double.NaN).ShouldBe(value, name);
        }
    }
}
