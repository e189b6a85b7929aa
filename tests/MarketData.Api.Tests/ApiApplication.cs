using System.Globalization;
using System.Net;
using MarketData.Testing;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

namespace MarketData.Api.Tests;

/// <summary>The real API on a real socket, in this process.</summary>
public sealed class ApiApplication : IAsyncDisposable
{
    /// <summary>The setting that has it listen at a management port as well.</summary>
    public const string ManagementPort = "Management:Port";

    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(3);

    private readonly WebApplicationFactory<Program> _factory;

    private ApiApplication(WebApplicationFactory<Program> factory) => _factory = factory;

    /// <summary>Calls it without a key.</summary>
    public HttpClient Client { get; private set; } = null!;

    /// <summary>What it is made of.</summary>
    public IServiceProvider Services => _factory.Services;

    /// <summary>Starts it; in Production, so that keys matter, unless a setting says otherwise.</summary>
    public static Task<ApiApplication> StartAsync(string connectionString, params (string Name, string Value)[] settings) =>
        StartAsync(connectionString, TimeProvider.System, settings);

    /// <summary>Starts it with a clock of the test's own.</summary>
    public static async Task<ApiApplication> StartAsync(string connectionString, TimeProvider time, params (string Name, string Value)[] settings)
    {
        var api = Start(connectionString, time, settings);
        await Eventually.BecomesAsync(
            async () => (await api.Client.GetAsync("/health", TestContext.Current.CancellationToken)).IsSuccessStatusCode,
            StartTimeout,
            TestContext.Current.CancellationToken);
        return api;
    }

    /// <summary>Starts it without waiting until it is healthy.</summary>
    public static ApiApplication Start(string connectionString, params (string Name, string Value)[] settings) =>
        Start(connectionString, TimeProvider.System, settings);

    private static ApiApplication Start(string connectionString, TimeProvider time, (string Name, string Value)[] settings)
    {
        var factory = new WebApplicationFactory<Program>().WithWebHostBuilder(host =>
        {
            host.UseSetting("environment", "Production");
            host.UseSetting("ConnectionStrings:marketdata", connectionString);
            host.UseSetting("Api:RequestsPerMinutePerAddress", "1000000");
            host.UseSetting("Api:RequestsPerMinutePerKey", "1000000");
            host.UseSetting("Api:EventStreamsPerCaller", "2000");
            host.UseSetting("Api:EventStreams", "2000");
            foreach (var (name, value) in settings)
                host.UseSetting(name, value);
            if (settings.FirstOrDefault(setting => setting.Name == ManagementPort).Value is { } port)
                host.UseSetting("urls", $"http://127.0.0.1:0;http://127.0.0.1:{port}");
            host.ConfigureTestServices(services => services.AddSingleton(time).AddSingleton<IStartupFilter, RemoteAddress>());
        });
        var management = settings.FirstOrDefault(setting => setting.Name == ManagementPort).Value;
        factory.UseKestrel(options =>
        {
            options.Listen(IPAddress.Loopback, 0);
            if (management is not null)
                options.Listen(IPAddress.Loopback, int.Parse(management, CultureInfo.InvariantCulture));
        });
        factory.ClientOptions.AllowAutoRedirect = false;
        factory.StartServer();
        var addresses = factory.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses
            .Select(text => new Uri(text));
        factory.ClientOptions.BaseAddress = addresses.Single(address => address.Port.ToString(CultureInfo.InvariantCulture) != management);
        return new ApiApplication(factory) { Client = factory.CreateClient() };
    }

    /// <summary>Calls it with a key.</summary>
    public HttpClient With(string key)
    {
        var client = _factory.CreateClient();
        client.DefaultRequestHeaders.Add("X-API-Key", key);
        return client;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _factory.DisposeAsync();
    }
}
