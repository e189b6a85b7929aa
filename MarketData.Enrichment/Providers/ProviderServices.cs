using System.Net;
using MarketData.Enrichment.Providers.Alpaca;
using MarketData.Enrichment.Providers.Binance;
using MarketData.Enrichment.Providers.Coinbase;
using MarketData.Enrichment.Providers.Polygon;
using MarketData.Enrichment.Providers.Yahoo;
using MarketData.Enrichment.Resilience;
using MarketData.Storage.Enrichment;
using MarketData.Storage.Schema;
using MarketData.Storage.Symbols;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace MarketData.Enrichment.Providers;

/// <summary>Registration of the providers: one line each.</summary>
public static class ProviderServices
{
    // In the order in which they are asked unless Providers:Order says otherwise: exchanges of crypto, official sources, and the others.
    private static readonly ProviderRegistration[] Registrations =
    [
        BinanceProvider.Registration,
        PolygonProvider.Registration,
        AlpacaProvider.Registration,
        CoinbaseProvider.Registration,
        YahooProvider.Registration,
    ];

    /// <summary>
    /// Adds the enabled providers as <see cref="IMarketDataProvider"/>, each behind its gate, the <see cref="ProviderChain"/> over them, and
    /// the <see cref="ProviderRegistration"/> of each, enabled or not, with the provider under its name as the key. Needs a <see cref="TimeProvider"/>, a <see cref="NodeIdentity"/> and an
    /// <c>NpgsqlDataSource</c> in the container. Settings are validated at start.
    /// </summary>
    public static IServiceCollection AddProviders(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        services.TryAddSingleton<SchemaReadiness>();
        services.AddSingleton<ProviderQuotaStore>();
        services.AddSingleton<ProviderStateStore>();
        services.AddSingleton<ProviderRequestStore>();
        services.TryAddSingleton<InstrumentStore>();
        services.AddHostedService<ProviderStateReporter>();
        services.AddHostedService<RequestLogWriter>();
        services.AddSettings<ProvidersOptions>(configuration.GetSection("Providers"));
        services.AddOptions<ProviderOrder>().Configure(order => order.Read(configuration.GetSection(ProviderOrder.Section))).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ProviderOrder>, ProviderOrder.Validation>();
        services.AddSingleton<ProviderChain>();
        services.AddSingleton<SymbolLookup>();
        services.AddSingleton<ProviderInquiry>();
        services.AddSingleton<ProviderChecks>();
        services.TryAddSingleton<ProviderCheckStore>();
        if (configuration.GetValue<bool?>("Simulator:Enabled") == false)
            services.AddHostedService<ProviderStartCheck>();
        foreach (var registration in Registrations)
            Add(services, configuration.GetSection(registration.Section), registration);
        return services;
    }

    private static void Add(IServiceCollection services, IConfigurationSection section, ProviderRegistration registration)
    {
        var name = registration.Name;
        services.AddSingleton(registration);
        services.Configure<ProviderOptions>(name, options => registration.Defaults(options, section));
        services.AddSettings<ProviderOptions>(section, name);
        services.AddSingleton<IValidateOptions<ProviderOptions>>(new KeyValidation(registration));
        registration.AddSettings(services, section);
        AddClient(
            services, registration, name, authorized: true,
            provider => Options(provider, name).BaseUrl ?? Standard(provider, name) ?? registration.PublicAddress);
        foreach (var endpoint in registration.FurtherEndpoints)
        {
            AddClient(
                services, registration, endpoint.Name, authorized: false,
                provider => section.GetValue<Uri?>(endpoint.Setting) ?? Options(provider, name).BaseUrl
                    ?? Standard(provider, endpoint.Folder ?? name) ?? endpoint.PublicAddress);
        }

        services.AddKeyedSingleton(name, (provider, _) => new ProviderGate(
            name,
            Options(provider, name).Resilience,
            provider.GetService<ProviderQuotaStore>(),
            provider.GetRequiredService<EnrichmentMetrics>(),
            provider.GetRequiredService<NodeIdentity>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetService<ILogger<SharedTokenBucket>>()));
        services.AddKeyedSingleton(name, (provider, _) => registration.Create(provider, provider.GetRequiredKeyedService<ProviderClient>(name)));
        if (!IsEnabled(section, registration))
            return;
        services.AddSingleton(provider => provider.GetRequiredKeyedService<ProviderGate>(name));
        services.AddSingleton(provider => provider.GetRequiredKeyedService<IMarketDataProvider>(name));
    }

    // What does not read is said, setting by setting, when the options are validated at start.
    private static bool IsEnabled(IConfigurationSection section, ProviderRegistration registration)
    {
        try
        {
            var options = new ProviderOptions();
            section.Bind(options);
            return options.Enabled && registration.Missing(options).Count == 0;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static ProviderOptions Options(IServiceProvider provider, string name) =>
        provider.GetRequiredService<IOptionsMonitor<ProviderOptions>>().Get(name);

    private static Uri? Standard(IServiceProvider provider, string folder) =>
        provider.GetRequiredService<IOptions<ProvidersOptions>>().Value.BaseUrl is { } all ? new Uri(WithSlash(all), folder) : null;

    private static Uri WithSlash(Uri address) => address.AbsoluteUri.EndsWith('/') ? address : new Uri(address.AbsoluteUri + "/");

    // The gate does all that the standard resilience of the services' own clients does, and knows each provider's ways.
    private static void AddClient(
        IServiceCollection services, ProviderRegistration registration, string client, bool authorized, Func<IServiceProvider, Uri> address)
    {
        var http = services.AddHttpClient(client, (provider, http) =>
        {
            var options = Options(provider, registration.Name);
            http.BaseAddress = WithSlash(address(provider));
            http.Timeout = Timeout.InfiniteTimeSpan;
            http.MaxResponseContentBufferSize = options.MaxAnswerBytes;
            http.DefaultRequestVersion = HttpVersion.Version20;
            http.DefaultRequestHeaders.UserAgent.ParseAdd(options.UserAgent);
            if (authorized)
                registration.Authorize(http.DefaultRequestHeaders, options);
        });
        http.ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
        {
            AutomaticDecompression = DecompressionMethods.All,
            // A provider's name may lead elsewhere by now.
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            // One connection of HTTP/2 carries all requests: dead without a reset, it would fail each of them until the system gave it up.
            KeepAlivePingDelay = TimeSpan.FromSeconds(10),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            AllowAutoRedirect = false,
            UseCookies = false,
        });
#pragma warning disable EXTEXP0001 // The supported way to keep the defaults of all clients off this one.
        http.RemoveAllResilienceHandlers();
#pragma warning restore EXTEXP0001
        services.AddKeyedSingleton(client, (provider, _) => new ProviderClient(
            provider.GetRequiredService<IHttpClientFactory>().CreateClient(client),
            provider.GetRequiredKeyedService<ProviderGate>(registration.Name),
            provider.GetRequiredService<TimeProvider>(),
            registration.Restraint?.Invoke(provider),
            registration.Judge ?? (registration.RequiredSettings.Count == 0 && client == registration.Name ? Keyless : null),
            isExtra: client != registration.Name));
    }

    // No key can be wrong where none is wanted.
    private static AnswerVerdict? Keyless(HttpResponseMessage response, ReadOnlyMemory<byte> body) =>
        response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden
            ? new AnswerVerdict(
                ProviderErrorKind.ClientRefused, "refuses this client",
                "Wait: it is asked again by itself. If it lasts, it does not serve the address or User-Agent that it is asked from: use another provider.")
            : null;

    // A key alone where there has to be a secret, too, is a mistake and no way to disable the provider.
    private sealed class KeyValidation(ProviderRegistration registration) : IValidateOptions<ProviderOptions>
    {
        public ValidateOptionsResult Validate(string? name, ProviderOptions options) =>
            name == registration.Name && options.Enabled && registration.Missing(options) is [var missing] && registration.RequiredSettings.Count > 1
                ? ValidateOptionsResult.Fail(
                    $"{registration.Section}:{missing} must be set along with {registration.RequiredSettings.First(setting => setting != missing)}, and is empty.")
                : ValidateOptionsResult.Success;
    }
}
