using System.Net;
using System.Text.Json;
using MarketData.Api.Tests.Enrichment;
using MarketData.Api.Tests.OpenApi;

namespace MarketData.Api.Tests.Quality;

public sealed class QualityTests(PopulatedApi api) : IClassFixture<PopulatedApi>
{
    private const string Root = "/api/v1/data/quality";

    [Fact]
    public async Task The_report_lists_days_gaps_anomalies_rejected_bars_and_revisions()
    {
        var report = await api.Stranger.FetchAsync($"{Root}/btc-usd?timeframe=1h&start=2023-12-25").JsonAsync();
        report.GetProperty("symbol").GetString().ShouldBe("BTC-USD");
        report.GetProperty("start").GetString().ShouldBe("2023-12-25");
        report.GetProperty("series")[0].GetProperty("timeframe").GetString().ShouldBe("1h");
        var day = report.GetProperty("daily").EnumerateArray().Last();
        day.GetProperty("total_records").GetInt32().ShouldBe(24);
        day.GetProperty("avg_quality_score").GetDouble().ShouldBe(0.98);
        report.GetProperty("gaps")[0].GetProperty("length").GetInt32().ShouldBe(24);
        report.GetProperty("anomalies")[0].GetProperty("validation_notes").Texts().ShouldContain("volume_anomaly");
        report.GetProperty("rejected_candles").EnumerateArray().ShouldHaveSingleItem().GetProperty("reason").GetString().ShouldBe("ohlc_order");
        report.GetProperty("revisions").EnumerateArray().ShouldHaveSingleItem().GetProperty("timestamp").GetString().ShouldBe("2023-12-25T05:00:00Z");
    }

    [Fact]
    public async Task What_was_corrected_or_refused_today_is_listed_however_old_the_candle()
    {
        await api.Database.ExecuteAsync(
            "INSERT INTO rejected_candles (symbol, timeframe, ts, open, source, reason) VALUES ('BTC-USD', '1d', '2019-05-01Z', -1, 'yahoo', 'price_positive')");

        var today = await api.Stranger.FetchAsync($"{Root}/BTC-USD?start={DateTime.UtcNow.AddDays(-1):yyyy-MM-dd}").JsonAsync();

        today.GetProperty("revisions").EnumerateArray().ShouldHaveSingleItem().GetProperty("timestamp").GetString().ShouldBe("2023-12-25T05:00:00Z");
        today.GetProperty("rejected_candles").EnumerateArray().ShouldContain(bar => bar.GetProperty("timestamp").GetString() == "2019-05-01T00:00:00Z");
        var earlier = await api.Stranger.FetchAsync($"{Root}/BTC-USD?start=2021-01-01&end=2021-12-31").JsonAsync();
        earlier.GetProperty("revisions").GetArrayLength().ShouldBe(0);
        earlier.GetProperty("rejected_candles").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task How_far_providers_differ_is_told_by_pair_interval_symbol_and_day()
    {
        var report = await api.Stranger.FetchAsync($"{Root}/cross-check").JsonAsync();
        var pair = report.GetProperty("pairs")[0];
        (pair.GetProperty("provider").GetString(), pair.GetProperty("other_provider").GetString(), pair.GetProperty("timeframe").GetString())
            .ShouldBe(("binance", "coinbase", "1h"));
        (pair.GetProperty("bars_compared").GetInt64(), pair.GetProperty("bars_differing").GetInt64(), pair.GetProperty("days_compared").GetInt64()).ShouldBe((40, 5, 2));
        (pair.GetProperty("only_provider").GetInt64(), pair.GetProperty("only_other").GetInt64()).ShouldBe((3, 1));
        pair.GetProperty("disagreement_rate").GetDouble().ShouldBe(0.125);
        pair.GetProperty("max_difference").GetDouble().ShouldBe(0.02);
        pair.GetProperty("mean_difference").GetDouble().ShouldBe(0.0025, 1e-12);
        report.GetProperty("pairs")[1].GetProperty("disagreement_rate").ValueKind.ShouldBe(JsonValueKind.Null);
        report.GetProperty("symbols").EnumerateArray().Select(row => row.GetProperty("symbol").GetString()).ShouldBe(["BTC-USD", "SPY"]);
        report.GetProperty("days").EnumerateArray().Select(row => row.GetProperty("bars_differing").GetInt64()).ShouldBe([5, 0, 0]);

        (await api.Stranger.FetchAsync($"{Root}/cross-check?symbol=spy&timeframe=1d&provider=yahoo").JsonAsync()).GetProperty("pairs").GetArrayLength().ShouldBe(1);
        (await api.Stranger.FetchAsync($"{Root}/cross-check?provider=alpaca").JsonAsync()).GetProperty("pairs").GetArrayLength().ShouldBe(0);
        (await api.Stranger.FetchAsync($"{Root}/cross-check?start={DateTime.UtcNow:yyyy-MM-dd}").JsonAsync()).GetProperty("days").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task A_symbol_of_which_nothing_is_known_has_an_empty_report()
    {
        var report = await api.Stranger.FetchAsync($"{Root}/AAPL").JsonAsync();
        foreach (var list in (string[])["series", "daily", "gaps", "anomalies", "rejected_candles", "revisions"])
            report.GetProperty(list).GetArrayLength().ShouldBe(0, list);
    }

    [Theory]
    [InlineData("BTC-USD?timeframe=2h", "timeframe")]
    [InlineData("BTC-USD?limit=1001", "limit")]
    [InlineData("BTC-USD?end=soon", "end")]
    [InlineData("BTC-USD?start=2024-02-01&end=2024-01-01", "start")]
    [InlineData("BTC-USD?colour=red", "colour")]
    [InlineData("BTC_USD", "symbol")]
    [InlineData("cross-check?symbol=BTC_USD", "symbol")]
    [InlineData("cross-check?timeframe=2h", "timeframe")]
    [InlineData("cross-check?start=2024-02-01&end=2024-01-01", "start")]
    [InlineData("cross-check?limit=0", "limit")]
    public async Task Bad_input_names_the_field(string call, string field) =>
        await api.Stranger.FetchAsync($"{Root}/{call}").ProblemAsync(HttpStatusCode.BadRequest, field);

    [Fact]
    public async Task An_unknown_symbol_is_404_and_a_wrong_key_401()
    {
        await api.Stranger.FetchAsync($"{Root}/NOBODY").ProblemAsync(HttpStatusCode.NotFound);
        await api.Wrong.FetchAsync($"{Root}/BTC-USD").ProblemAsync(HttpStatusCode.Unauthorized);
    }
}
