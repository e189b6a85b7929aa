using System.Net;
using System.Net.Http.Headers;
using MarketData.Enrichment.Providers.Binance;
using MarketData.Enrichment.Providers.Polygon;
using MarketData.Enrichment.Providers.Yahoo;
using MarketData.Enrichment.Resilience;
using MarketData.Storage.Enrichment;
using MarketData.Storage.Symbols;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace MarketData.Enrichment.Providers;

/// <summary>Registration of the providers: one line each.</summary>
public static class ProviderServices
{
    // Yahoo turns away what does not look like a browser.
    private const string BrowserLike = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36";

    private const string FuturesClient = "binance-futures";

    /// <summary>
    /// Adds the enabled providers as <see cref="IMarketDataProvider"/>, each behind its gate, and the <see cref="ProviderChain"/> over them.
    /// Needs a <see cref="TimeProvider"/>, a <see cref="NodeIdentity"/> and an <c>NpgsqlDataSource</c> in the container. Settings are
    /// validated at start.
    /// </summary>
    public static IServiceCollection AddProviders(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        services.TryAddSingleton<SchemaReadiness>();
        services.AddSingleton<ProviderQuotaStore>();
        services.AddSingleton<ProviderStateStore>();
        services.TryAddSingleton<InstrumentStore>();
        services.AddHostedService<ProviderStateReporter>();
        services.AddSingleton<ProviderChain>();
        services.AddSingleton<SymbolLookup>();

        Add(
            services, configuration, ProviderNames.Polygon, PolygonProvider.PublicAddress,
            (client, provider) => new PolygonProvider(
                client, provider.GetRequiredService<InstrumentStore>(), provider.GetRequiredService<TimeProvider>()));
        Add(
            services, configuration, ProviderNames.Yahoo, YahooProvider.PublicAddress,
            (client, provider) => new YahooProvider(
                client, provider.GetRequiredService<InstrumentStore>(), provider.GetRequiredService<TimeProvider>()));
        Add(services, configuration, ProviderNames.Binance, BinanceProvider.PublicAddress, CreateBinance);
        return services;
    }

    private static void Add(
        IServiceCollection services, IConfiguration configuration, string name, Uri publicAddress, Func<ProviderClient, IServiceProvider, IMarketDataProvider> create)
    {
        var section = configuration.GetSection($"Providers:{char.ToUpperInvariant(name[0])}{name[1..]}");
        services.AddSettings<ProviderOptions>(section, name);
        var options = Read(section);
        if (!options.Enabled || (name == ProviderNames.Polygon && string.IsNullOrWhiteSpace(options.ApiKey)))
            return;
        var agent = options.UserAgent ?? (name == ProviderNames.Yahoo ? BrowserLike : nameof(MarketData));
        AddClient(services, name, options.BaseUrl ?? publicAddress, agent, options.ApiKey);
        if (name == ProviderNames.Binance)
            AddClient(services, FuturesClient, options.FuturesBaseUrl ?? options.BaseUrl ?? BinanceFutures.PublicAddress, agent);
        services.AddKeyedSingleton(name, (provider, _) => new ProviderGate(
            name,
            provider.GetRequiredService<IOptionsMonitor<ProviderOptions>>().Get(name).Resilience,
            provider.GetRequiredService<ProviderQuotaStore>(),
            provider.GetRequiredService<EnrichmentMetrics>(),
            provider.GetRequiredService<NodeIdentity>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => provider.GetRequiredKeyedService<ProviderGate>(name));
        services.AddSingleton(provider => create(Client(provider, name, name), provider));
    }

    // What does not read is said, setting by setting, when the options are validated at start.
    private static ProviderOptions Read(IConfigurationSection section)
    {
        try
        {
            return section.Get<ProviderOptions>() ?? new ProviderOptions();
        }
        catch (InvalidOperationException)
        {
            return new ProviderOptions { Enabled = false };
        }
    }

    private static BinanceProvider CreateBinance(ProviderClient client, IServiceProvider provider)
    {
        var time = provider.GetRequiredService<TimeProvider>();
        return new BinanceProvider(
            client, new BinanceFutures(Client(provider, FuturesClient, ProviderNames.Binance), time), provider.GetRequiredService<InstrumentStore>(), time);
    }

    private static ProviderClient Client(IServiceProvider provider, string client, string gate)
    {
        var time = provider.GetRequiredService<TimeProvider>();
        var options = provider.GetRequiredService<IOptionsMonitor<ProviderOptions>>().Get(gate);
        return new ProviderClient(
            provider.GetRequiredService<IHttpClientFactory>().CreateClient(client),
            provider.GetRequiredKeyedService<ProviderGate>(gate),
            time,
            gate == ProviderNames.Binance ? response => BinanceWeight.Restraint(response, options.WeightPerMinute, time.GetUtcNow()) : null,
            isExtra: client == FuturesClient);
    }

    // The gate does all that the standard resilience of the services' own clients does, and knows each provider's ways.
    private static void AddClient(IServiceCollection services, string name, Uri address, string agent, string? key = null)
    {
        var http = services.AddHttpClient(name, client =>
        {
            client.BaseAddress = new Uri(address.AbsoluteUri.EndsWith('/') ? address.AbsoluteUri : address.AbsoluteUri + "/");
            client.Timeout = Timeout.InfiniteTimeSpan;
            client.DefaultRequestVersion = HttpVersion.Version20;
            client.DefaultRequestHeaders.UserAgent.ParseAdd(agent);
            if (!string.IsNullOrWhiteSpace(key))
                client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        });
        http.ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
        {
            AutomaticDecompression = DecompressionMethods.All,
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
            AllowAutoRedirect = false,
        });
#pragma warning disable EXTEXP0001 // The supported way to keep the defaults of all clients off this one.
        http.RemoveAllResilienceHandlers();
#pragma warning restore EXTEXP0001
    }
}
