using MarketData.Domain.Candles;
using MarketData.Domain.Instruments;
using MarketData.Enrichment.Providers;
using MarketData.Enrichment.Resilience;
using MarketData.Storage.Symbols;
using MarketData.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace MarketData.Enrichment.Tests.Pipeline.Alpaca;

/// <summary>Alpaca's client against the simulator, beside Polygon's, which shows the same market.</summary>
public abstract class AlpacaTests(PostgresServer server) : PipelineTests(server)
{
    protected static readonly (string Name, string Value)[] Alone =
    [
        ("Providers:Alpaca:ApiKey", "key"), ("Providers:Alpaca:ApiSecret", "secret"), ("Providers:Polygon:Enabled", "false"), ("Providers:Yahoo:Enabled", "false"),
    ];

    protected IBatchProvider Alpaca => (IBatchProvider)Provider("alpaca");

    protected IMarketDataProvider Provider(string name) => Services.GetServices<IMarketDataProvider>().Single(provider => provider.Name == name);

    protected Task StartAsync(params (string Name, string Value)[] settings) =>
        ConfigureAsync([("Providers:Alpaca:ApiKey", "key"), ("Providers:Alpaca:ApiSecret", "secret"), .. settings]);

    protected static Instrument Stock(string symbol) => new(Symbol.Parse(symbol), AssetClass.Stock);

    protected static DateTime Day(int year, int month, int day) => new(year, month, day, 0, 0, 0, DateTimeKind.Utc);

    protected async Task<FetchResult> FetchAsync(string symbol, BarInterval interval, DateTime from, DateTime to, string provider = "alpaca") =>
        await Provider(provider).FetchAsync(Stock(symbol), interval, from, to, Cancellation);

    protected async Task<ProviderException> FailureAsync(string symbol, DateTime from, DateTime to, BarInterval interval = BarInterval.OneDay) =>
        await Should.ThrowAsync<ProviderException>(() => FetchAsync(symbol, interval, from, to));

    /// <summary>Enters that a provider calls META by its name since June 9, 2022, and FB before.</summary>
    protected Task NameFacebookAsync(string provider) => new AliasStore(Database).ReplaceAsync(
        Symbol.Parse("META"), provider, AliasSource.Person,
        [new(provider, "FB", null, new(2022, 6, 8), AliasSource.Person), new(provider, "META", new(2022, 6, 9), null, AliasSource.Person)], "tester",
        Cancellation);

    /// <summary>What two providers say of the same bars: each gives the average price with decimals of its own.</summary>
    protected static void ShouldAgree(FetchResult one, FetchResult other)
    {
        one.Candles.Length.ShouldBeGreaterThan(0);
        Values(one).ShouldBe(Values(other));
        one.Candles.ToArray().Zip(other.Candles.ToArray()).ShouldAllBe(pair => Math.Abs(pair.First.Vwap - pair.Second.Vwap) < 0.001);
        one.Incomplete.ShouldBe(other.Incomplete, ignoreOrder: true);
        one.Rejected.ShouldBeEmpty();

        static IEnumerable<Candle> Values(FetchResult result) => result.Candles.ToArray().Select(candle => candle with { Vwap = double.NaN });
    }
}
