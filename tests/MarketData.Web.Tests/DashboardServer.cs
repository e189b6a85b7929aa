using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MarketData.Web.Tests;

/// <summary>The dashboard on a real socket, in this process.</summary>
internal sealed class DashboardServer : WebApplicationFactory<Program>
{
    private readonly Dictionary<string, string> _settings = new() { ["Web:Links:Grafana"] = "http://localhost:3000" };

    /// <summary>Where its log goes; nowhere when not given.</summary>
    public ILoggerProvider? Log { get; init; }

    /// <summary>Starts it.</summary>
    /// <param name="api">The address of the Api behind it.</param>
    /// <param name="settings">More settings.</param>
    /// <returns>Its address.</returns>
    public Uri Start(string api, params (string Name, string Value)[] settings)
    {
        _settings["services:api:http:0"] = api;
        foreach (var (name, value) in settings)
            _settings[name] = value;
        this.UseKestrel(0);
        this.StartServer();
        return ClientOptions.BaseAddress;
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment("Production");
        foreach (var (name, value) in _settings)
            builder.UseSetting(name, value);
        builder.ConfigureLogging(logging =>
        {
            logging.ClearProviders();
            if (Log is not null)
                logging.AddProvider(Log);
        });
        builder.ConfigureTestServices(services => services.AddSingleton<IStartupFilter, RemoteAddress>());
    }
}
