using MarketData.Domain.Adjustments;
using MarketData.Domain.Candles;
using MarketData.Enrichment.Providers;
using MarketData.Enrichment.Resilience;
using MarketData.Enrichment.Tests.Pipeline;
using MarketData.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace MarketData.Enrichment.Tests.Recorded;

/// <summary>What the clients read in answers that providers were seen to give.</summary>
public sealed class RecordedAnswerTests(PostgresServer server) : PipelineTests(server)
{
    private static readonly Instrument Apple = new(Symbol.Parse("AAPL"), AssetClass.Stock);
    private static readonly Instrument Bitcoin = new(Symbol.Parse("BTC-USD"), AssetClass.Crypto);

    [Fact]
    public async Task Polygons_bars_are_read_over_all_pages()
    {
        await using var wire = (await RecordedServer.StartAsync(Cancellation)).With("/v2/aggs", "polygon/aggs.json").With("/v2/aggs", "polygon/aggs-empty.json");
        var result = await (await ProviderAsync("polygon", wire)).FetchAsync(Apple, BarInterval.OneDay, Day(2020, 1, 2), Day(2020, 1, 11), Cancellation);

        result.Candles.ToArray().Select(bar => (bar.Timestamp, bar.Open, bar.High, bar.Low, bar.Close, bar.Volume, bar.Vwap, bar.TradeCount)).ShouldBe(
        [
            (Day(2020, 1, 2), 74.06, 75.15, 73.7975, 75.0875, 135647456, 74.6099, 1),
            (Day(2020, 1, 3), 74.2875, 75.145, 74.125, 74.3575, 146535512, 74.7026, 1),
        ]);
        wire.Requests.ToArray()[^1].ShouldContain("cursor=bGltaXQ9MiZzb3J0PWFzYw");
    }

    [Fact]
    public async Task Polygons_splits_and_dividends_are_read()
    {
        await using var wire = (await RecordedServer.StartAsync(Cancellation))
            .With("/v3/reference/splits", "polygon/splits.json").With("/v3/splits", "polygon/aggs-empty.json")
            .With("/v3/reference/dividends", "polygon/dividends.json").With("/v3/reference/dividends", "polygon/aggs-empty.json");
        var told = await (await ProviderAsync("polygon", wire)).FetchCorporateActionsAsync(Apple, new(2000, 1, 1), new(2026, 1, 1), Cancellation);

        told.Splits.ShouldBe([new StockSplit(new(2020, 8, 31), 1, 4), new StockSplit(new(2005, 2, 28), 1, 2)], ignoreOrder: true);
        told.Dividends.ShouldBe([new CashDividend(new(2021, 11, 5), 0.22, null, new(2021, 11, 8), new(2021, 11, 11))]);
        told.Flaws.ShouldBeEmpty();
    }

    [Fact]
    public async Task Polygons_ticker_and_its_names_are_read()
    {
        await using var wire = (await RecordedServer.StartAsync(Cancellation))
            .With("/v3/reference/tickers", "polygon/ticker.json").With("/vX/reference/tickers", "polygon/ticker-events.json");
        var polygon = await ProviderAsync("polygon", wire);

        var facts = (await polygon.LookUpAsync(Apple, Cancellation)).ShouldNotBeNull();
        (facts.Ticker, facts.Name, facts.PriceUnit, facts.Type, facts.ExchangeCode, facts.FirstTraded, facts.LastTraded)
            .ShouldBe(("AAPL", "Apple Inc.", "USD", "CS", "XNAS", new DateOnly(1980, 12, 12), null));
        (await polygon.FetchTickersAsync(new Instrument(Symbol.Parse("META"), AssetClass.Stock), Cancellation))
            .Select(name => (name.Ticker, name.From, name.To))
            .ShouldBe([("FB", new DateOnly(2012, 5, 18), new DateOnly(2022, 6, 8)), ("META", new DateOnly(2022, 6, 9), null)]);
    }

    [Fact]
    public async Task Binances_klines_are_read()
    {
        await using var wire = (await RecordedServer.StartAsync(Cancellation)).With("/api/v3/klines", "binance/klines.json");
        var result = await (await ProviderAsync("binance", wire)).FetchAsync(Bitcoin, BarInterval.OneWeek, Day(2017, 7, 3), Day(2017, 7, 10), Cancellation);

        var bar = result.Candles.ToArray().ShouldHaveSingleItem();
        (bar.Timestamp, bar.Open, bar.High, bar.Low, bar.Close, bar.Volume, bar.TradeCount, bar.TakerBuyVolume)
            .ShouldBe((Day(2017, 7, 3), 0.01634790, 0.8, 0.015758, 0.015771, 148976.11427815, 308, 1756.87402397));
    }

    [Fact]
    public async Task Binances_futures_are_joined_to_the_bars_that_they_close_in()
    {
        var start = new DateTime(2020, 3, 2, 5, 40, 0, DateTimeKind.Utc);
        Time.Set(new DateTimeOffset(2020, 3, 2, 12, 0, 0, TimeSpan.Zero));
        await using var wire = (await RecordedServer.StartAsync(Cancellation))
            .WithText("/api/v3/klines", Klines(start, TimeSpan.FromMinutes(5), 45))
            .With("/fapi/v1/fundingRate", "binance/funding-rate.json")
            .With("/futures/data/openInterestHist", "binance/open-interest.json")
            .With("/futures/data/globalLongShortAccountRatio", "binance/long-short-ratio.json");
        var result = await (await ProviderAsync("binance", wire)).FetchAsync(Bitcoin, BarInterval.FiveMinutes, start, start.AddHours(4), Cancellation);

        var bars = result.Candles.ToArray().ToDictionary(bar => bar.Timestamp);
        bars[start].OpenInterest.ShouldBe(20403.637);
        bars[start.AddMinutes(5)].OpenInterest.ShouldBe(20401.367);
        bars[new DateTime(2020, 3, 2, 8, 55, 0, DateTimeKind.Utc)].LongShortRatio.ShouldBe(0.1960);
        bars[new DateTime(2020, 3, 2, 9, 0, 0, DateTimeKind.Utc)].LongShortRatio.ShouldBe(1.9559);
    }

    [Fact]
    public async Task Binances_funding_rates_are_joined()
    {
        var start = new DateTime(2019, 10, 9, 7, 0, 0, DateTimeKind.Utc);
        await using var wire = (await RecordedServer.StartAsync(Cancellation))
            .WithText("/api/v3/klines", Klines(start, TimeSpan.FromHours(1), 12)).With("/fapi/v1/fundingRate", "binance/funding-rate.json");
        var result = await (await ProviderAsync("binance", wire)).FetchAsync(Bitcoin, BarInterval.OneHour, start, start.AddHours(12), Cancellation);

        var bars = result.Candles.ToArray().ToDictionary(bar => bar.Timestamp);
        bars[start].FundingRate.ShouldBe(-0.0375);
        bars[start.AddHours(8)].FundingRate.ShouldBe(0.0001);
    }

    [Fact]
    public async Task Binances_pair_is_read()
    {
        await using var wire = (await RecordedServer.StartAsync(Cancellation)).With("/api/v3/exchangeInfo", "binance/exchange-info.json");
        var binance = await ProviderAsync("binance", wire);

        // The recorded pair is ETHBTC, and none in Tether.
        (await Should.ThrowAsync<ProviderException>(() => binance.LookUpAsync(Bitcoin, Cancellation))).Message.ShouldContain("does not list BTCUSDT");
    }

    [Fact]
    public async Task Coinbases_candles_and_pair_are_read()
    {
        await using var wire = (await RecordedServer.StartAsync(Cancellation))
            .With("/products/BTC-USD", "coinbase/product.json").With("/products/BTC-USD/candles", "coinbase/candles.json");
        var result = await (await ProviderAsync("coinbase", wire)).FetchAsync(Bitcoin, BarInterval.FiveMinutes, Day(2019, 1, 1), Day(2019, 1, 2), Cancellation);

        result.Candles.ToArray().Select(bar => (bar.Timestamp, bar.Open, bar.High, bar.Low, bar.Close, bar.Volume)).ShouldBe(
        [
            (Day(2019, 1, 1), 3691.87, 3692.33, 3691.6, 3691.61, 7.82111211),
            (Day(2019, 1, 1).AddMinutes(1), 3691.61, 3691.61, 3686.62, 3686.63, 3.19590501),
        ]);
        var facts = result.Facts.ShouldNotBeNull();
        (facts.Ticker, facts.PriceUnit, facts.Type).ShouldBe(("BTC-USD", "USD", "CRYPTOCURRENCY"));
    }

    [Fact]
    public async Task Yahoos_null_row_is_a_gap_and_its_last_trade_the_day()
    {
        await using var wire = (await RecordedServer.StartAsync(Cancellation)).With("/v8/finance/chart", "yahoo/chart-nulls.json");
        var shares = new Instrument(Symbol.Parse("600497.SS"), AssetClass.Stock);
        var result = await (await ProviderAsync("yahoo", wire)).FetchAsync(shares, BarInterval.OneDay, Day(2017, 11, 15), Day(2017, 11, 28), Cancellation);

        var bars = result.Candles.ToArray();
        bars.Select(bar => bar.Timestamp.Day).ShouldBe([16, 17, 20, 21, 22, 23, 24, 27]);
        (bars[0].Open, bars[0].Close, bars[0].Volume, result.NullRows).ShouldBe((6.650000095367432, 6.510000228881836, 34039227, 1));
        var facts = result.Facts.ShouldNotBeNull();
        (facts.PriceUnit, facts.Zone, facts.Type, facts.FirstTraded).ShouldBe(("CNY", "Asia/Shanghai", "EQUITY", new DateOnly(2004, 4, 20)));
    }

    [Fact]
    public async Task Yahoos_events_turn_prices_back_into_those_traded()
    {
        await using var wire = (await RecordedServer.StartAsync(Cancellation)).With("/v8/finance/chart", "yahoo/chart-events.json");
        var result = await (await ProviderAsync("yahoo", wire)).FetchAsync(
            new Instrument(Symbol.Parse("NVDA"), AssetClass.Stock), BarInterval.OneDay, Day(2024, 6, 7), Day(2024, 6, 11), Cancellation);

        result.Candles.ToArray().Select(bar => (bar.Timestamp, bar.Close, bar.Volume))
            .ShouldBe([(Day(2024, 6, 7), 1208.88, 41238600), (Day(2024, 6, 10), 121.79, 314162700)]);
        var actions = result.Actions.ShouldNotBeNull();
        actions.Splits.ShouldContain(new StockSplit(new(2024, 6, 10), 1, 10));
        actions.Dividends.ShouldContain(paid => paid.ExDate == new DateOnly(2024, 6, 11) && paid.Amount == 0.01);
    }

    [Theory]
    [InlineData("polygon", "polygon/not-in-plan.json", 403, ProviderErrorKind.PlanLimit)]
    [InlineData("polygon", "polygon/not-entitled.json", 403, ProviderErrorKind.PlanLimit)]
    [InlineData("polygon", "polygon/rate-limited.json", 429, ProviderErrorKind.RateLimited)]
    [InlineData("polygon", "polygon/unknown-key.json", 401, ProviderErrorKind.BadKey)]
    [InlineData("alpaca", "alpaca/not-in-subscription.json", 403, ProviderErrorKind.PlanLimit)]
    [InlineData("alpaca", "alpaca/rate-limited.json", 429, ProviderErrorKind.RateLimited)]
    [InlineData("binance", "binance/invalid-symbol.json", 400, ProviderErrorKind.Refused)]
    [InlineData("binance", "binance/rate-limited.json", 429, ProviderErrorKind.RateLimited)]
    [InlineData("binance", "binance/banned.json", 418, ProviderErrorKind.RateLimited)]
    [InlineData("binance", "binance/restricted-location.json", 451, ProviderErrorKind.RestrictedLocation)]
    [InlineData("coinbase", "coinbase/not-found.json", 404, ProviderErrorKind.UnknownSymbol)]
    [InlineData("coinbase", "coinbase/rate-limited.json", 429, ProviderErrorKind.RateLimited)]
    [InlineData("coinbase", "coinbase/too-many-candles.json", 400, ProviderErrorKind.Refused)]
    [InlineData("coinbase", "coinbase/no-user-agent.json", 400, ProviderErrorKind.Refused)]
    [InlineData("yahoo", "yahoo/not-found.json", 404, ProviderErrorKind.UnknownSymbol)]
    [InlineData("yahoo", "yahoo/rate-limited.txt", 429, ProviderErrorKind.ClientRefused)]
    public async Task A_refusal_is_told_by_its_kind(string provider, string file, int status, ProviderErrorKind kind)
    {
        await using var wire = (await RecordedServer.StartAsync(Cancellation)).With("/", file, status);
        var asked = await ProviderAsync(provider, wire);
        var instrument = provider is "binance" or "coinbase" ? Bitcoin : Apple;

        var refusal = await Should.ThrowAsync<ProviderException>(
            () => asked.FetchAsync(instrument, BarInterval.OneDay, Day(2024, 1, 2), Day(2024, 1, 10), Cancellation));
        (refusal.Kind, refusal.StatusCode).ShouldBe((kind, status));
    }

    [Fact]
    public async Task Yahoo_is_given_a_crumb_when_it_wants_one()
    {
        await using var wire = (await RecordedServer.StartAsync(Cancellation))
            .With("/v8/finance/chart", "yahoo/unauthorized.json", 401).With("/v8/finance/chart", "yahoo/chart-nulls.json")
            .WithText("/v1/test/getcrumb", "A1b2C3", "text/plain");
        var shares = new Instrument(Symbol.Parse("600497.SS"), AssetClass.Stock);
        var yahoo = await ProviderAsync("yahoo", wire);

        (await yahoo.FetchAsync(shares, BarInterval.OneDay, Day(2017, 11, 15), Day(2017, 11, 28), Cancellation)).Candles.Length.ShouldBe(8);
        wire.Requests.ShouldContain(request => request.Contains("crumb=A1b2C3", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_ticker_that_polygon_does_not_know_is_unknown()
    {
        await using var wire = (await RecordedServer.StartAsync(Cancellation)).With("/", "polygon/ticker-not-found.json", 404);
        var polygon = await ProviderAsync("polygon", wire);

        (await Should.ThrowAsync<ProviderException>(() => polygon.LookUpAsync(Apple, Cancellation))).Kind.ShouldBe(ProviderErrorKind.UnknownSymbol);
    }

    private async Task<IMarketDataProvider> ProviderAsync(string name, RecordedServer wire)
    {
        var section = $"Providers:{char.ToUpperInvariant(name[0])}{name[1..]}";
        await ConfigureAsync(
            ($"{section}:BaseUrl", wire.Address), ("Providers:Binance:FuturesBaseUrl", wire.Address), ($"{section}:Resilience:MaxRetries", "0"),
            ("Providers:Yahoo:CookieUrl", wire.Address), ("Providers:Alpaca:ApiKey", "key"), ("Providers:Alpaca:ApiSecret", "secret"));
        return Services.GetServices<IMarketDataProvider>().Single(provider => provider.Name == name);
    }

    private static string Klines(DateTime start, TimeSpan length, int count) => "[" + string.Join(",", Enumerable.Range(0, count).Select(i =>
    {
        var opens = new DateTimeOffset(start + i * length).ToUnixTimeMilliseconds();
        return $"""[{opens},"1","1","1","1","1",{opens + (long)length.TotalMilliseconds - 1},"1",1,"0.5","0.5","0"]""";
    })) + "]";

    private static DateTime Day(int year, int month, int day) => new(year, month, day, 0, 0, 0, DateTimeKind.Utc);
}
