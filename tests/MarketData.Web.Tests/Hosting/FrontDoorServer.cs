using System.Globalization;
using System.Net;
using MarketData.Testing;
using MarketData.Web.Tests.Fakes;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.Logging;

namespace MarketData.Web.Tests.Hosting;

/// <summary>The front door before two fake Apis: one where callers come in, and one for the management endpoint of the same.</summary>
public sealed class FrontDoorServer : IAsyncLifetime
{
    private readonly Server _server = new();

    /// <summary>The Api's public endpoint.</summary>
    internal FakeApi Public { get; private set; } = null!;

    /// <summary>The Api's management endpoint.</summary>
    internal FakeApi Inside { get; private set; } = null!;

    /// <summary>The front door's address.</summary>
    public Uri Address { get; } = new(AppHostProcess.FreeAddress());

    /// <summary>The management port of the front door's own service.</summary>
    public Uri Management { get; } = new(AppHostProcess.FreeAddress());

    /// <summary>Calls either; no redirect is followed and no cookie kept.</summary>
    public HttpClient Http { get; } = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        (Public, Inside) = (await FakeApi.StartAsync(), await FakeApi.StartAsync());
        _server.Settings = new()
        {
            ["urls"] = $"{Address};{Management}",
            ["Management:Port"] = Management.Port.ToString(CultureInfo.InvariantCulture),
            ["AllowedHosts"] = "localhost;dashboard.example.com",
            ["services:api:http:0"] = Public.Address,
            ["services:api:management:0"] = Inside.Address,
        };
        _server.UseKestrel(options =>
        {
            options.Listen(IPAddress.Loopback, Address.Port);
            options.Listen(IPAddress.Loopback, Management.Port);
        });
        _server.StartServer();
    }

    /// <summary>Sends a request.</summary>
    public async Task<HttpResponseMessage> SendAsync(string method, Uri address, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), address);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _server.DisposeAsync();
        await Public.DisposeAsync();
        await Inside.DisposeAsync();
    }

    private sealed class Server : WebApplicationFactory<Program>
    {
        public Dictionary<string, string> Settings { get; set; } = [];

        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            builder.UseEnvironment("Production");
            foreach (var (name, value) in Settings)
                builder.UseSetting(name, value);
            builder.ConfigureLogging(logging => logging.ClearProviders());
        }
    }
}
