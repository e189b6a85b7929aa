using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MarketData.Domain.Candles;

namespace MarketData.Api.Tests.Historical;

/// <summary>Many symbols in one call are what each of them is in a call of its own.</summary>
public sealed class HistoricalSetTests(HistoricalData data) : IClassFixture<HistoricalData>, IAsyncLifetime
{
    private const string Set = "/api/v1/historical?";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        foreach (var (symbol, count) in ((string, int)[])[("ETH-USD", 2_500), ("SOL-USD", 40)])
            await data.WriteAsync(new Instrument(Symbol.Parse(symbol), AssetClass.Crypto), BarInterval.OneHour, HistoricalData.Hourly(count));
        await data.ExecuteAsync("""
            INSERT INTO symbols (symbol, asset_class, timeframes) VALUES ('MSFT', 'stock', '{1h,1d}') ON CONFLICT DO NOTHING;
            INSERT INTO corporate_actions (symbol, kind, ex_date, ratio_from, ratio_to, source) VALUES ('SOL-USD', 'split', '2023-12-26', 1, 2, 'x')
                ON CONFLICT DO NOTHING
            """);
        var shares = HistoricalData.Hourly(30).Select(hour => hour with { Candle = hour.Candle with { TakerBuyVolume = double.NaN, TakerSellVolume = double.NaN } });
        await data.WriteAsync(new Instrument(Symbol.Parse("MSFT"), AssetClass.Stock), BarInterval.OneHour, [.. shares.Where((_, i) => i != 3)]);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData("")]
    [InlineData("&features=true")]
    [InlineData("&features=true&limit=5")]
    [InlineData("&limit=7")]
    [InlineData("&features=true&start=2023-12-26T01:00:00Z&limit=3")]
    [InlineData("&start=2023-12-25T20:00:00Z&end=2023-12-26T02:00:00Z&adjusted=false")]
    [InlineData("&features=true&min_quality=0.8&limit=400")]
    [InlineData("&as_of=2030-01-01&validated_only=true")]
    public async Task Each_symbol_has_the_candles_that_a_call_of_its_own_gives(string query)
    {
        string[] symbols = ["BTC-USD", "ETH-USD", "MSFT", "SOL-USD"];
        var answer = await data.Client.FetchAsync($"{Set}symbols=sol-usd,MSFT&symbols=ETH-USD,BTC-USD,EMPTY&timeframe=1h{query}").JsonAsync();
        answer.GetProperty("timeframe").GetString().ShouldBe("1h");
        var rows = answer.GetProperty("candles").EnumerateArray().Select(row => JsonNode.Parse(row.GetRawText())!.AsObject()).ToLookup(row => (string)row["symbol"]!);
        rows.Select(group => group.Key).ShouldBe(symbols);
        foreach (var symbol in symbols)
        {
            var page = await data.Client.GetFromJsonAsync<JsonObject>($"/api/v1/historical/{symbol}?timeframe=1h{query}", Cancellation);
            var expected = page!["candles"]!.AsArray();
            var actual = rows[symbol].ToList();
            actual.Count.ShouldBe(expected.Count, symbol);
            for (var i = 0; i < actual.Count; i++)
            {
                // A share in a set with crypto has its columns, too, and they are null.
                foreach (var (name, value) in expected[i]!.AsObject().Where(field => field.Key != "features"))
                    JsonNode.DeepEquals(actual[i][name], value).ShouldBeTrue($"{symbol} {i} {name}");
                foreach (var (name, value) in expected[i]!["features"]?.AsObject() ?? [])
                    JsonNode.DeepEquals(actual[i]["features"]![name], value).ShouldBeTrue($"{symbol} {i} {name}: {actual[i]["features"]![name]} {value}");
            }
        }
    }

    [Theory]
    [InlineData("ndjson")]
    [InlineData("csv")]
    [InlineData("parquet")]
    [InlineData("arrow")]
    public async Task Every_format_gives_one_stream_in_the_order_of_symbols(string format)
    {
        using var answer = await data.Client.FetchAsync($"{Set}asset_class=crypto&timeframe=1h&features=true&format={format}");
        answer.Content.Headers.ContentDisposition!.FileName!.Trim('"').ShouldBe($"BTC-USD+ETH-USD+SOL-USD_1h_2023-12-25_2024-04-07.{format}");
        var rows = format switch
        {
            "csv" => (await answer.Content.ReadAsStringAsync(Cancellation)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1)
                .Select(line => line.Split(',')).Select(line => (Symbol: line[0], Timeframe: line[1], Time: DateTime.Parse(line[2], null).ToUniversalTime())).ToList(),
            "ndjson" => [.. (await answer.Content.ReadAsStringAsync(Cancellation)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => Row(JsonNode.Parse(line)!))],
            _ => [.. (await ReadAsync(format, await answer.Content.ReadAsByteArrayAsync(Cancellation))).Select(row => Row(row!))],
        };
        rows.Count.ShouldBe(200 + 2_500 + 40);
        rows.ShouldAllBe(row => row.Timeframe == "1h");
        rows.ShouldBe(rows.OrderBy(row => row.Symbol, StringComparer.Ordinal).ThenBy(row => row.Time));
    }

    [Theory]
    [InlineData("", HttpStatusCode.BadRequest, "symbols")]
    [InlineData("symbols=,", HttpStatusCode.BadRequest, "symbols")]
    [InlineData("symbols=AAPL,B_D", HttpStatusCode.BadRequest, "symbols")]
    [InlineData("symbols=AAPL&asset_class=crypto", HttpStatusCode.BadRequest, "asset_class")]
    [InlineData("symbols=AAPL&cursor=x", HttpStatusCode.BadRequest, "cursor")]
    [InlineData("asset_class=shares", HttpStatusCode.BadRequest, "asset_class")]
    public async Task What_names_no_symbols_is_refused(string query, HttpStatusCode status, string field) =>
        await data.Client.FetchAsync(Set + query).ProblemAsync(status, field);

    [Fact]
    public async Task Too_many_and_unknown_symbols_are_refused_by_name()
    {
        await data.Client.FetchAsync($"{Set}symbols={string.Join(',', Enumerable.Range(0, 501).Select(i => $"S{i}"))}").ProblemAsync(HttpStatusCode.BadRequest, "symbols");
        var problem = await data.Client.FetchAsync(Set + "symbols=AAPL,NOBODY,NOONE").ProblemAsync(HttpStatusCode.NotFound);
        problem.GetProperty("detail").GetString().ShouldBe("The symbols NOBODY, NOONE are not tracked.");
    }

    [Fact]
    public async Task The_tag_follows_every_series()
    {
        var call = Set + "symbols=AAPL,EMPTY";
        using var first = await data.Client.FetchAsync(call);
        using var again = new HttpRequestMessage(HttpMethod.Get, call) { Headers = { { "If-None-Match", first.Headers.ETag!.ToString() } } };
        (await data.Client.SendAsync(again, Cancellation)).StatusCode.ShouldBe(HttpStatusCode.NotModified);
        await data.ExecuteAsync("UPDATE series SET updated_at = now() WHERE symbol = 'AAPL'");
        using var changed = await data.Client.FetchAsync(call);
        changed.Headers.ETag.ShouldNotBe(first.Headers.ETag);
    }

    private static (string Symbol, string Timeframe, DateTime Time) Row(JsonNode row) =>
        ((string)row["symbol"]!, (string)row["timeframe"]!, DateTime.Parse((string)row["timestamp"]!, null).ToUniversalTime());

    private static async Task<JsonArray> ReadAsync(string format, byte[] bytes)
    {
        var file = Path.Combine(await NodeProject.CreateFolderAsync(), "set");
        await File.WriteAllBytesAsync(file, bytes, Cancellation);
        return JsonNode.Parse(await NodeProject.RunAsync("read.mjs", [format, file], Cancellation))!["rows"]!.AsArray();
    }
}
