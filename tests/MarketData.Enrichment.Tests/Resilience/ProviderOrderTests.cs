using MarketData.Domain.Candles;
using MarketData.Enrichment.Providers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace MarketData.Enrichment.Tests.Resilience;

/// <summary>Who is asked for what, as the service registers the providers.</summary>
public sealed class ProviderOrderTests
{
    [Theory]
    [InlineData("AAPL", AssetClass.Stock, "polygon yahoo")]
    [InlineData("SPY", AssetClass.Etf, "polygon yahoo")]
    [InlineData("EZJ.L", AssetClass.Stock, "yahoo")]
    [InlineData("^GSPC", AssetClass.Index, "yahoo")]
    [InlineData("EURUSD=X", AssetClass.Fx, "yahoo")]
    [InlineData("BTC-USD", AssetClass.Crypto, "binance polygon coinbase yahoo")]
    public Task Without_a_setting_exchanges_come_first_and_unofficial_sources_last(string symbol, AssetClass assetClass, string expected) =>
        ShouldBeAskedAsync(expected, symbol, assetClass);

    [Fact]
    public async Task A_list_goes_by_the_asset_class_and_what_it_does_not_name_comes_after()
    {
        var settings = new[] { ("Providers:Order:Stock:0", "Yahoo"), ("Providers:Order:crypto", "yahoo, polygon") };

        await ShouldBeAskedAsync("yahoo polygon", "AAPL", AssetClass.Stock, settings);
        await ShouldBeAskedAsync("polygon yahoo", "SPY", AssetClass.Etf, settings);
        await ShouldBeAskedAsync("yahoo polygon binance coinbase", "BTC-USD", AssetClass.Crypto, settings);
    }

    [Fact]
    public async Task An_exchange_outranks_the_asset_class()
    {
        await ShouldBeAskedAsync("yahoo polygon", "AAPL", AssetClass.Stock, ("Providers:Order:Stock", "polygon"), ("Providers:Order:xnys", "yahoo"));
        await ShouldBeAskedAsync("polygon yahoo", "AAPL", AssetClass.Stock, ("Providers:Order:XLON", "yahoo"));
        // What the exchange's list leaves open, the class's tells.
        await ShouldBeAskedAsync(
            "yahoo polygon binance coinbase", "BTC-USD", AssetClass.Crypto, ("Providers:Order:24/7", "yahoo"), ("Providers:Order:Crypto", "polygon"));
    }

    [Theory]
    [InlineData("Providers:Order:Stock", "yahoo,polygno", "Providers:Order:Stock must list providers (", "'polygno'")]
    [InlineData("Providers:Order:XLON:0", "google", "Providers:Order:XLON must list providers (", "'google'")]
    [InlineData("Providers:Order:Bond", "yahoo", "Providers:Order:Bond must name an asset class (Stock, Etf, Crypto, Index, Currency)", "XLON")]
    [InlineData("Providers:Order:XABC", "yahoo", "Providers:Order:XABC must name", "or the MIC of a known exchange")]
    public async Task What_is_unknown_is_named_with_what_would_be_right(string setting, string value, params string[] said)
    {
        await using var services = Services([(setting, value)]);

        var failure = Should.Throw<OptionsValidationException>(() => services.GetRequiredService<IOptions<ProviderOrder>>().Value);

        said.ShouldAllBe(part => failure.Failures.Single().Contains(part));
    }

    [Fact]
    public Task A_provider_that_is_disabled_for_want_of_a_key_may_be_named() => ShouldBeAskedAsync(
        "yahoo", "AAPL", AssetClass.Stock, ("Providers:Polygon:ApiKey", " "), ("Providers:Order:Stock", "polygon yahoo"));

    [Fact]
    public async Task A_server_that_plays_all_providers_has_a_folder_for_each()
    {
        await using var services = Services([("Providers:BaseUrl", "http://simulator/all"), ("Providers:Yahoo:BaseUrl", "http://elsewhere/y")]);

        Address("polygon").ShouldBe("http://simulator/all/polygon/");
        Address("binance-futures").ShouldBe("http://simulator/all/binance-futures/");
        Address("yahoo").ShouldBe("http://elsewhere/y/");

        string Address(string client) => services.GetRequiredService<IHttpClientFactory>().CreateClient(client).BaseAddress!.ToString();
    }

    // Of these, whatever others there are.
    private static async Task ShouldBeAskedAsync(string expected, string symbol, AssetClass assetClass, params (string Name, string Value)[] settings)
    {
        await using var services = Services(settings);
        services.GetRequiredService<ProviderChain>().For(new Instrument(Symbol.Parse(symbol), assetClass), BarInterval.OneDay)
            .Select(provider => provider.Name).Intersect(["polygon", "binance", "coinbase", "yahoo"]).ShouldBe(expected.Split(' '));
    }

    private static ServiceProvider Services(IEnumerable<(string Name, string Value)> settings)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddMetrics();
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(NodeIdentity.Create());
        services.AddSingleton<EnrichmentMetrics>();
        services.AddSingleton(NpgsqlDataSource.Create("Host=127.0.0.1;Port=1"));
        services.AddProviders(new ConfigurationBuilder()
            .AddInMemoryCollection([new("Providers:Polygon:ApiKey", "key")])
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value)))
            .Build());
        return services.BuildServiceProvider();
    }
}
