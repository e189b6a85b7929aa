using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace MarketData.Benchmarks.Read;

/// <summary>The same web server with nothing behind it: it answers every request with the same bytes.</summary>
internal sealed class ConstantHost : IAsyncDisposable
{
    private readonly WebApplication _host;

    private ConstantHost(WebApplication host)
    {
        _host = host;
        Client = new HttpClient { BaseAddress = new Uri(host.Urls.First()) };
    }

    /// <summary>Asks it.</summary>
    public HttpClient Client { get; }

    /// <summary>Starts one.</summary>
    public static async Task<ConstantHost> StartAsync(byte[] body, CancellationToken cancellation)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var host = builder.Build();
        host.MapGet("/", context =>
        {
            context.Response.ContentType = "application/json; charset=utf-8";
            context.Response.ContentLength = body.Length;
            return context.Response.Body.WriteAsync(body).AsTask();
        });
        await host.StartAsync(cancellation);
        return new ConstantHost(host);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _host.DisposeAsync();
    }
}
