using MarketData.Domain.Candles;
using MarketData.Domain.Instruments;
using MarketData.Enrichment.Providers;
using MarketData.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace MarketData.Enrichment.Tests.Pipeline;

/// <summary>What providers say of a symbol before it is tracked, through their true wire formats.</summary>
public sealed class LookupTests(PostgresServer server) : PipelineTests(server)
{
    [Theory]
    [InlineData("EZJ.L", AssetClass.Stock, "Europe/London", "GBp", "EQUITY", "XLON")]
    [InlineData("0700.HK", AssetClass.Stock, "Asia/Hong_Kong", "HKD", "EQUITY", "XHKG")]
    [InlineData("^N225", AssetClass.Index, "Asia/Tokyo", "JPY", "INDEX", "XTKS")]
    [InlineData("EURUSD=X", AssetClass.Fx, "Europe/London", "USD", "CURRENCY", "24/5")]
    public async Task Abroad_yahoo_alone_is_asked(string symbol, AssetClass assetClass, string zone, string unit, string type, string exchange)
    {
        await using var wire = await ServeAsync();
        wire.Yahoo[symbol] = (new(zone, unit, type), []);
        var lookup = await AskAsync(symbol, assetClass);

        (lookup.Outcome, lookup.Exchange?.Mic, lookup.PriceUnit, lookup.LacksCalendar, lookup.WrongClass)
            .ShouldBe((LookupOutcome.Known, exchange, unit, null, null));
        lookup.Told(facts => facts.Type).ShouldBe((type, "yahoo"));
        wire.Asked.ShouldBe(["yahoo " + symbol]);
    }

    [Theory]
    [InlineData("ABC.V", "America/Toronto")]
    [InlineData("SAP.F", "Europe/Berlin")]
    public async Task What_looks_like_a_share_class_is_asked_for_as_it_was_written_too(string symbol, string zone)
    {
        await using var wire = await ServeAsync();
        wire.Yahoo[symbol] = (new(zone, "EUR", "EQUITY"), []);

        (await AskAsync(symbol, AssetClass.Stock)).LacksCalendar.ShouldNotBeNull().ShouldContain(zone);
        wire.Asked.Where(one => one.StartsWith("yahoo", StringComparison.Ordinal)).ShouldBe(["yahoo " + symbol.Replace('.', '-'), "yahoo " + symbol]);
    }

    [Fact]
    public async Task A_share_class_is_found_in_each_providers_spelling()
    {
        await using var wire = await ServeAsync();
        wire.Yahoo["BRK-B"] = (new("America/New_York", "USD", "EQUITY"), []);
        wire.Details["BRK.B"] = new { ticker = "BRK.B", name = "Berkshire Hathaway Inc. Class B", market = "stocks", type = "CS", currency_name = "usd", list_date = "1996-05-09" };
        var lookup = await AskAsync("BRK.B", AssetClass.Stock);

        lookup.Told(facts => facts.Name).ShouldBe(("Berkshire Hathaway Inc. Class B", "polygon"));
        lookup.Told(facts => facts.FirstTraded).ShouldBe((new DateOnly(1996, 5, 9), "polygon"));
    }

    [Fact]
    public async Task A_pair_is_had_from_whoever_lists_it()
    {
        await using var wire = await ServeAsync();
        wire.Pairs.Add("BTCUSDT");
        wire.Details["X:ETHUSD"] = new { ticker = "X:ETHUSD", name = "Ethereum - United States dollar", market = "crypto", currency_symbol = "USD", currency_name = "United States dollar", base_currency_symbol = "ETH" };

        var bitcoin = await AskAsync("BTC-USD", AssetClass.Crypto);
        (bitcoin.Outcome, bitcoin.Currency, bitcoin.WrongClass).ShouldBe((LookupOutcome.Known, "USD", null));
        wire.Products.Add("SOL-USD");
        var solana = await AskAsync("SOL-USD", AssetClass.Crypto);
        (solana.Outcome, solana.PriceUnit, solana.WrongClass).ShouldBe((LookupOutcome.Known, "USD", null));
        solana.Told(facts => facts.PriceUnit).ShouldBe(("USD", "coinbase"));
        var ether = await AskAsync("ETH-USD", AssetClass.Crypto);
        ether.Told(facts => facts.PriceUnit).ShouldBe(("USD", "polygon"));
        var nothing = await AskAsync("NOPE-USD", AssetClass.Crypto);
        nothing.Outcome.ShouldBe(LookupOutcome.Unknown);
        nothing.Answers.Select(answer => answer.Provider).ShouldBe(["binance", "polygon", "coinbase", "yahoo"]);
        nothing.Answers.ShouldAllBe(answer => answer.Outcome == LookupOutcome.Unknown);
    }

    [Fact]
    public async Task An_answer_for_another_symbol_is_none()
    {
        await using var wire = await ServeAsync();
        wire.Yahoo["FB"] = (new("America/New_York", "USD", "EQUITY", Symbol: "META"), []);
        var lookup = await AskAsync("FB", AssetClass.Stock);

        lookup.Outcome.ShouldBe(LookupOutcome.Unknown);
        lookup.Answers.Single(answer => answer.Provider == "yahoo").Message.ShouldNotBeNull().ShouldContain("META");
    }

    [Fact]
    public async Task What_is_listed_no_more_is_told_with_its_last_day()
    {
        await using var wire = await ServeAsync();
        wire.Details["TWTR"] = new { ticker = "TWTR", name = "Twitter, Inc.", market = "stocks", type = "CS", active = false, currency_name = "usd", delisted_utc = "2022-10-31T00:00:00Z" };
        var lookup = await AskAsync("TWTR", AssetClass.Stock);

        lookup.Outcome.ShouldBe(LookupOutcome.Known);
        lookup.Told(facts => facts.LastTraded).ShouldBe((new DateOnly(2022, 10, 31), "polygon"));
    }

    [Fact]
    public async Task A_provider_that_is_away_knows_nothing_either_way()
    {
        await using var wire = await ServeAsync(polygon: "http://127.0.0.1:9/");
        var lookup = await AskAsync("AAPL", AssetClass.Stock);
        lookup.Answers.Select(answer => (answer.Provider, answer.Outcome))
            .ShouldBe([("polygon", LookupOutcome.NotAsked), ("yahoo", LookupOutcome.Unknown)]);
    }

    private async Task<InstrumentLookup> AskAsync(string symbol, AssetClass assetClass)
    {
        var parsed = Symbol.Parse(symbol);
        var answers = await Services.GetRequiredService<SymbolLookup>().AskAsync(new Instrument(parsed, assetClass), Cancellation);
        return InstrumentLookup.Of(parsed, assetClass, [.. answers]);
    }

    private async Task<TickerServer> ServeAsync(string? polygon = null)
    {
        var wire = await TickerServer.StartAsync(Cancellation);
        await ConfigureAsync(
        [
            ("Providers:Polygon:BaseUrl", polygon ?? wire.Address + "/polygon"), ("Providers:Yahoo:BaseUrl", wire.Address + "/yahoo"),
            ("Providers:Binance:BaseUrl", wire.Address + "/binance"), ("Providers:Coinbase:BaseUrl", wire.Address + "/coinbase"), ("Providers:Polygon:Resilience:MaxRetries", "0"),
        ]);
        return wire;
    }
}
