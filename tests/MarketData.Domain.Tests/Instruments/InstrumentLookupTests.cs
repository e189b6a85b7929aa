using MarketData.Domain.Candles;
using MarketData.Domain.Instruments;

namespace MarketData.Domain.Tests.Instruments;

/// <summary>What follows from what providers say of a symbol before it is tracked.</summary>
public sealed class InstrumentLookupTests
{
    [Theory]
    [InlineData("EZJ.L", "Europe/London", "GBp", "EQUITY", "stock", "XLON", "GBP")]
    [InlineData("RELIANCE.NS", "Asia/Calcutta", "INR", "EQUITY", "stock", "XNSE", "INR")]
    [InlineData("^N225", "Asia/Tokyo", "JPY", "INDEX", "index", "XTKS", "JPY")]
    [InlineData("^VIX", "America/Chicago", "USD", "INDEX", "index", "XNYS", "USD")]
    [InlineData("^STOXX50E", "Europe/Zurich", "EUR", "INDEX", "index", "XETR", "EUR")]
    [InlineData("EURUSD=X", "Europe/London", "USD", "CURRENCY", "fx", "24/5", "USD")]
    [InlineData("BTC-EUR", "UTC", "EUR", "CRYPTOCURRENCY", "crypto", "24/7", "EUR")]
    [InlineData("VOO", "America/New_York", "USD", "ETF", "etf", "XNYS", "USD")]
    [InlineData("BRK.B", "America/New_York", "USD", "EQUITY", "stock", "XNYS", "USD")]
    public void What_a_provider_knows_is_what_it_tells(
        string symbol, string zone, string unit, string type, string assetClass, string exchange, string currency)
    {
        var lookup = Of(symbol, null, Known(zone, unit, type));

        (lookup.Outcome, lookup.Instrument.AssetClass.Name(), lookup.Exchange?.Mic, lookup.PriceUnit, lookup.Currency)
            .ShouldBe((LookupOutcome.Known, assetClass, exchange, unit, currency));
        (lookup.LacksCalendar, lookup.WrongClass).ShouldBe((null, null));
    }

    [Fact]
    public void Of_a_share_in_dollars_in_London_the_provider_knows_the_unit()
    {
        var lookup = Of("GOLD.L", AssetClass.Stock, Known("Europe/London", "USD", "EQUITY"));
        (lookup.PriceUnit, lookup.Currency, lookup.LacksCalendar).ShouldBe(("USD", "USD", null));
    }

    [Theory]
    [InlineData("ABC.V", "America/Toronto", "EQUITY")]
    [InlineData("SAP.F", "Europe/Berlin", "EQUITY")]
    [InlineData("CBOE", "America/Chicago", "EQUITY")]
    [InlineData("^MERV", "America/Argentina/Buenos_Aires", "INDEX")]
    [InlineData("EZJ.L", "Africa/Johannesburg", "EQUITY")]
    [InlineData("ES=F", "America/New_York", "FUTURE")]
    public void What_trades_by_another_clock_than_that_of_its_calendar_lacks_one(string symbol, string zone, string type) =>
        Of(symbol, null, Known(zone, "USD", type)).LacksCalendar.ShouldNotBeNull().ShouldContain(symbol);

    [Theory]
    [InlineData("NPN.JO")]
    [InlineData("WALMEX.MX")]
    [InlineData("6488.TWO")]
    public void A_suffix_of_an_exchange_without_a_calendar_is_known_without_asking(string symbol) =>
        Of(symbol, AssetClass.Stock).LacksCalendar.ShouldNotBeNull().ShouldContain("calendar");

    [Theory]
    [InlineData("BRK.B")]
    [InlineData("BF.A")]
    [InlineData("LEN.B")]
    [InlineData("JPM.PR")]
    public void A_share_class_is_no_exchange(string symbol) => Of(symbol, AssetClass.Stock).LacksCalendar.ShouldBeNull();

    [Theory]
    [InlineData("AAPL", AssetClass.Index, "EQUITY", true)]
    [InlineData("AAPL", AssetClass.Crypto, "CS", true)]
    [InlineData("AAPL", AssetClass.Etf, "EQUITY", false)]
    [InlineData("SPY", AssetClass.Stock, "ETF", false)]
    [InlineData("^GSPC", AssetClass.Stock, "INDEX", false)]
    [InlineData("XYZ", AssetClass.Stock, "SOMETHING", false)]
    public void A_class_that_contradicts_the_type_is_wrong(string symbol, AssetClass assetClass, string type, bool isWrong) =>
        (Of(symbol, assetClass, Known(null, "USD", type)).WrongClass is not null).ShouldBe(isWrong);

    [Fact]
    public void One_that_knows_it_is_enough_and_one_that_does_not_is_more_than_none_that_was_asked()
    {
        var (unknown, notAsked) = (new ProviderAnswer("polygon", LookupOutcome.Unknown, "no"), new ProviderAnswer("binance", LookupOutcome.NotAsked, "out"));
        Of("A", null, unknown, notAsked, Known(null, null, null)).Outcome.ShouldBe(LookupOutcome.Known);
        Of("A", null, notAsked, unknown).Outcome.ShouldBe(LookupOutcome.Unknown);
        Of("A", null, notAsked).Outcome.ShouldBe(LookupOutcome.NotAsked);
        Of("A", null).Outcome.ShouldBe(LookupOutcome.NotAsked);
    }

    [Fact]
    public void Each_fact_is_of_whoever_tells_the_most_else_of_the_next_who_tells_it()
    {
        var polygon = new ProviderAnswer("polygon", LookupOutcome.Known, Facts: new() { Provider = "polygon", Name = "Apple Inc", Type = "CS", FirstTraded = new(1980, 12, 12) });
        var told = new InstrumentFacts { Provider = "yahoo", Name = "Apple Inc.", Type = "EQUITY", PriceUnit = "USD", Zone = "America/New_York" };
        var yahoo = new ProviderAnswer("yahoo", LookupOutcome.Known, Facts: told);
        var lookup = Of("AAPL", null, polygon, yahoo);

        lookup.Told(facts => facts.Name).ShouldBe(("Apple Inc.", "yahoo"));
        Of("AAPL", null, yahoo, polygon).Told(facts => facts.Name).ShouldBe(("Apple Inc.", "yahoo"));
        lookup.Told(facts => facts.FirstTraded).ShouldBe((new DateOnly(1980, 12, 12), "polygon"));
        lookup.Told(facts => facts.LastTraded).ShouldBe((null, null));
    }

    private static InstrumentLookup Of(string symbol, AssetClass? assetClass, params ProviderAnswer[] answers) =>
        InstrumentLookup.Of(Symbol.Parse(symbol), assetClass, answers);

    private static ProviderAnswer Known(string? zone, string? unit, string? type) =>
        new("yahoo", LookupOutcome.Known, Facts: new() { Provider = "yahoo", Zone = zone, PriceUnit = unit, Type = type });
}
