using System.Net;
using System.Text.Json;
using MarketData.Api.Tests.OpenApi;
using MarketData.Domain.Candles;
using MarketData.Domain.Features;

namespace MarketData.Api.Tests.Features;

public sealed class FeaturesTests(PopulatedApi api) : IClassFixture<PopulatedApi>
{
    private const string Root = "/api/v1/features";

    [Fact]
    public async Task The_catalogue_names_every_feature_and_where_it_is_from()
    {
        var items = (await api.Stranger.FetchAsync(Root).JsonAsync()).GetProperty("items");
        items.EnumerateArray().Select(item => item.GetProperty("name").GetString()).ShouldBe(FeatureCatalogue.All.Select(feature => feature.Name));
        items.EnumerateArray().ShouldAllBe(item => item.GetProperty("definition").GetString() != "" && item.GetProperty("source").GetString() != "");
    }

    [Fact]
    public async Task Without_a_range_they_are_those_of_the_latest_candle()
    {
        var page = await api.Stranger.FetchAsync($"{Root}/btc-usd?timeframe=1h").JsonAsync();
        page.GetProperty("symbol").GetString().ShouldBe("BTC-USD");
        var row = page.GetProperty("features").EnumerateArray().ShouldHaveSingleItem();
        row.GetProperty("timestamp").GetString().ShouldBe("2023-12-29T23:00:00Z");
        row.GetProperty("features").EnumerateObject().Select(feature => feature.Name)
            .ShouldBe(FeatureCatalogue.For(AssetClass.Crypto).Select(feature => feature.Name));
        row.GetProperty("features").GetProperty("sma_20").GetDouble().ShouldBeGreaterThan(0);
        row.GetProperty("features").GetProperty("exchange_inflow").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task A_range_comes_in_pages_with_the_values_that_historical_has()
    {
        var rows = new List<JsonElement>();
        string? cursor = null;
        do
        {
            var page = await api.Stranger.FetchAsync($"{Root}/BTC-USD?timeframe=1h&start=2023-12-26&limit=50&cursor={cursor}").JsonAsync();
            rows.AddRange(page.GetProperty("features").EnumerateArray());
            cursor = page.GetProperty("next_cursor").GetString();
        }
        while (cursor is not null);
        var candles = (await api.Stranger.FetchAsync("/api/v1/historical/BTC-USD?timeframe=1h&start=2023-12-26&features=true").JsonAsync()).GetProperty("candles");
        rows.Select(row => $"{row.GetProperty("timestamp")} {row.GetProperty("features")}")
            .ShouldBe(candles.EnumerateArray().Select(candle => $"{candle.GetProperty("timestamp")} {candle.GetProperty("features")}"));
    }

    [Fact]
    public async Task What_is_known_is_304()
    {
        using var first = await api.Stranger.FetchAsync($"{Root}/BTC-USD?timeframe=1h");
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Root}/BTC-USD?timeframe=1h");
        request.Headers.IfNoneMatch.Add(first.Headers.ETag.ShouldNotBeNull());
        (await api.Stranger.SendAsync(request, TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.NotModified);
    }

    [Fact]
    public async Task A_symbol_without_candles_has_none() =>
        (await api.Stranger.FetchAsync($"{Root}/AAPL").JsonAsync()).GetProperty("features").GetArrayLength().ShouldBe(0);

    [Theory]
    [InlineData("BTC-USD?timeframe=7m", "timeframe")]
    [InlineData("BTC-USD?limit=0", "limit")]
    [InlineData("BTC-USD?start=soon", "start")]
    [InlineData("BTC-USD?cursor=%00", "cursor")]
    [InlineData("BTC-USD?features=false", "features")]
    [InlineData("BTC-USD?features=sma(501)", "features")]
    [InlineData("BTC-USD?tz=Mars/Olympus", "tz")]
    [InlineData("BTC-USD?order=up", "order")]
    [InlineData("BTC-USD?decimals=16", "decimals")]
    [InlineData("BTC_USD", "symbol")]
    public async Task Bad_input_names_the_field(string call, string field) =>
        await api.Stranger.FetchAsync($"{Root}/{call}").ProblemAsync(HttpStatusCode.BadRequest, field);

    [Fact]
    public async Task An_unknown_symbol_is_404_and_a_wrong_key_401()
    {
        await api.Stranger.FetchAsync($"{Root}/NOBODY").ProblemAsync(HttpStatusCode.NotFound);
        await api.Wrong.FetchAsync($"{Root}/BTC-USD").ProblemAsync(HttpStatusCode.Unauthorized);
    }
}
