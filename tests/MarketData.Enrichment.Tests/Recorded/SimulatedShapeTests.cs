using System.Text.Json.Nodes;
using MarketData.Enrichment.Tests.Pipeline;
using MarketData.Testing;

namespace MarketData.Enrichment.Tests.Recorded;

/// <summary>Whether the simulator answers as providers were seen to: it sends no member that they do not, and all that the clients read.</summary>
public sealed class SimulatedShapeTests(PostgresServer server) : PipelineTests(server)
{
    private const string Quote = "chart.result[].indicators.quote[]";

    [Theory]
    [InlineData("polygon/v2/aggs/ticker/AAPL/range/1/day/2020-01-02/2020-01-10?limit=2", "polygon/aggs.json", "ticker status results[].t results[].o results[].h results[].l results[].c results[].v results[].vw results[].n next_url", "count")]
    [InlineData("polygon/v2/aggs/ticker/AAPL/range/1/day/2020-01-04/2020-01-05", "polygon/aggs.json polygon/aggs-empty.json", "status", "count")]
    [InlineData("polygon/v3/reference/splits?ticker=AAPL&limit=1", "polygon/splits.json", "results[].execution_date results[].split_from results[].split_to next_url")]
    [InlineData("polygon/v3/reference/dividends?ticker=AAPL&limit=1", "polygon/dividends.json", "results[].ex_dividend_date results[].cash_amount results[].currency results[].record_date results[].pay_date next_url", "results[].currency")]
    [InlineData("polygon/v3/reference/tickers/AAPL", "polygon/ticker.json", "results.ticker results.name results.market results.type results.currency_name results.primary_exchange results.list_date results.active")]
    [InlineData("polygon/vX/reference/tickers/META/events?types=ticker_change", "polygon/ticker-events.json", "results.events[].date results.events[].ticker_change.ticker")]
    [InlineData("binance/api/v3/klines?symbol=BTCUSDT&interval=1d&limit=3", "binance/klines.json", "[][0] [][1] [][2] [][3] [][4] [][5] [][6] [][7] [][8] [][9] [][10] [][11]")]
    [InlineData("binance/api/v3/exchangeInfo?symbol=BTCUSDT", "binance/exchange-info.json", "symbols[].symbol")]
    [InlineData("binance-futures/fapi/v1/fundingRate?symbol=BTCUSDT&limit=3", "binance/funding-rate.json", "[].fundingTime [].fundingRate")]
    [InlineData("binance-futures/futures/data/openInterestHist?symbol=BTCUSDT&period=1h&limit=3", "binance/open-interest.json", "[].timestamp [].sumOpenInterest")]
    [InlineData("binance-futures/futures/data/globalLongShortAccountRatio?symbol=BTCUSDT&period=1h&limit=3", "binance/long-short-ratio.json", "[].timestamp [].longShortRatio")]
    [InlineData("coinbase/products/BTC-USD/candles?granularity=300", "coinbase/candles.json", "[][0] [][1] [][2] [][3] [][4] [][5]")]
    [InlineData("coinbase/products/BTC-USD", "coinbase/product.json", "id quote_currency")]
    [InlineData("alpaca/v2/stocks/bars?symbols=AAPL&timeframe=1Day&start=2024-01-02&end=2024-01-20&limit=3&adjustment=raw&feed=sip", "alpaca/bars.json", "bars.*[].t bars.*[].o bars.*[].h bars.*[].l bars.*[].c bars.*[].v bars.*[].n bars.*[].vw next_page_token", "currency")]
    [InlineData("yahoo/v8/finance/chart/NVDA?interval=1d&period1=1716000000&period2=1722000000&events=div%7Csplit", "yahoo/chart-events.json yahoo/chart-nulls.json",
        "chart.error chart.result[].timestamp[] " + Quote + ".open[] " + Quote + ".high[] " + Quote + ".low[] " + Quote + ".close[] " + Quote + ".volume[] chart.result[].meta.symbol chart.result[].meta.currency chart.result[].meta.exchangeTimezoneName chart.result[].meta.gmtoffset chart.result[].meta.instrumentType chart.result[].meta.exchangeName chart.result[].meta.longName chart.result[].meta.firstTradeDate chart.result[].meta.dataGranularity")]
    public async Task An_answer_has_the_recorded_shape(string path, string files, string read, string documented = "")
    {
        using var request = Request(path);
        using var response = await Simulator.SendAsync(request, Cancellation);
        response.IsSuccessStatusCode.ShouldBeTrue(path);

        ShouldAgree(files, await response.Content.ReadAsStringAsync(Cancellation), read, documented);
    }

    [Theory]
    [InlineData("polygon", "rate_limited", 429, "polygon/rate-limited.json")]
    [InlineData("polygon", "unauthorized", 401, "polygon/unknown-key.json")]
    [InlineData("polygon", "forbidden", 403, "polygon/not-entitled.json")]
    [InlineData("polygon", "plan_limit", 403, "polygon/not-in-plan.json")]
    [InlineData("binance", "rate_limited", 429, "binance/rate-limited.json")]
    [InlineData("binance", "banned", 418, "binance/banned.json")]
    [InlineData("binance", "restricted_location", 451, "binance/restricted-location.json")]
    [InlineData("binance", "unknown_symbol", 400, "binance/invalid-symbol.json")]
    [InlineData("coinbase", "rate_limited", 429, "coinbase/rate-limited.json")]
    [InlineData("coinbase", "unknown_symbol", 404, "coinbase/not-found.json")]
    [InlineData("yahoo", "unknown_symbol", 404, "yahoo/not-found.json")]
    [InlineData("alpaca", "rate_limited", 429, "alpaca/rate-limited.json")]
    public async Task A_refusal_has_the_recorded_status_and_shape(string provider, string kind, int status, string file)
    {
        await FaultAsync(kind == "plan_limit" ? new { kind, provider, to = DateTimeOffset.UnixEpoch.AddYears(40) } : (object)new { kind, provider });
        using var request = Request(provider switch
        {
            "polygon" => "polygon/v2/aggs/ticker/AAPL/range/1/day/2005-01-03/2005-01-10",
            "binance" => "binance/api/v3/klines?symbol=BTCUSDT&interval=1d",
            "coinbase" => "coinbase/products/BTC-USD/candles?granularity=300",
            "alpaca" => "alpaca/v2/stocks/bars?symbols=AAPL&timeframe=1Day&start=2024-01-02",
            _ => "yahoo/v8/finance/chart/NVDA?interval=1d&range=5d",
        });
        using var response = await Simulator.SendAsync(request, Cancellation);

        ((int)response.StatusCode).ShouldBe(status);
        ShouldAgree(file, await response.Content.ReadAsStringAsync(Cancellation), "", "");
    }

    [Fact]
    public async Task Coinbases_other_refusals_have_the_recorded_words()
    {
        using var tooMany = Request("coinbase/products/BTC-USD/candles?granularity=300&start=2020-01-01T00:00:00Z&end=2021-01-01T00:00:00Z");
        (await TextAsync(tooMany)).ShouldBe(Recording.Text("coinbase/too-many-candles.json").Trim());
        using var nameless = new HttpRequestMessage(HttpMethod.Get, "coinbase/products/BTC-USD");
        (await TextAsync(nameless)).ShouldBe(Recording.Text("coinbase/no-user-agent.json").Trim());
    }

    [Fact]
    public async Task Yahoos_edge_has_the_recorded_words()
    {
        await FaultAsync(new { kind = "rate_limited", provider = "yahoo" });
        using var request = Request("yahoo/v8/finance/chart/NVDA?interval=1d&range=5d");
        (await TextAsync(request)).ShouldBe(Recording.Text("yahoo/rate-limited.txt"));
    }

    [Fact]
    public void Every_recording_says_where_it_is_from()
    {
        var sources = Recording.Text("README.md");

        Recording.Files.Count.ShouldBeGreaterThan(30);
        Recording.Files.ShouldAllBe(file => sources.Contains($"`{file}`"));
    }

    private static void ShouldAgree(string files, string sent, string read, string documented)
    {
        var recorded = JsonShape.Of(Words(files).Select(file => (JsonNode?)Recording.Json(file)), "bars");
        recorded.Differences(JsonShape.Of([JsonNode.Parse(sent)], "bars"), Words(read), Words(documented)).ShouldBeEmpty(sent[..Math.Min(sent.Length, 1000)]);
    }

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static HttpRequestMessage Request(string path)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("User-Agent", "Mozilla/5.0");
        request.Headers.Add("Authorization", "Bearer test");
        request.Headers.Add("APCA-API-KEY-ID", "test");
        request.Headers.Add("APCA-API-SECRET-KEY", "test");
        return request;
    }

    private async Task<string> TextAsync(HttpRequestMessage request)
    {
        using var response = await Simulator.SendAsync(request, Cancellation);
        return await response.Content.ReadAsStringAsync(Cancellation);
    }
}
