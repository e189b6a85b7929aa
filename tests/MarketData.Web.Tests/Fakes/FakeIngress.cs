using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Transforms;

namespace MarketData.Web.Tests.Fakes;

/// <summary>
/// An ingress before the dashboard: ends TLS, keeps the host, and appends the address it sees to what the caller claims, as HAProxy does.
/// </summary>
internal sealed class FakeIngress : IAsyncDisposable
{
    private readonly Uri _dashboard;
    private readonly X509Certificate2 _certificate = Certificate();
    private WebApplication? _app;

    private FakeIngress(Uri dashboard) => _dashboard = dashboard;

    /// <summary>The address that it sees of every caller.</summary>
    public string Caller { get; set; } = "203.0.113.9";

    public Uri Address { get; private set; } = new("https://127.0.0.1:0");

    public static async Task<FakeIngress> StartAsync(Uri dashboard)
    {
        var ingress = new FakeIngress(dashboard);
        await ingress.ListenAsync();
        return ingress;
    }

    /// <summary>A caller who believes its certificate, and follows no redirect unasked.</summary>
    public HttpClient Client() => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => _certificate.Equals(certificate) },
    })
    { BaseAddress = Address };

    /// <summary>Breaks every connection, and takes new ones at the same address.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await ListenAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _certificate.Dispose();
    }

    private async Task StopAsync()
    {
        if (_app is { } app)
            await app.DisposeAsync();
        _app = null;
    }

    private async Task ListenAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, Address.Port, listen => listen.UseHttps(_certificate)));
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Services.AddHttpForwarder();
        builder.Services.Configure<Microsoft.Extensions.Hosting.HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromMilliseconds(200));
        _app = builder.Build();
        _app.UseWebSockets();
        _app.MapForwarder("/{**rest}", _dashboard.ToString(), transforms => transforms
            .AddOriginalHost()
            .AddXForwarded(ForwardedTransformActions.Off)
            .AddXForwardedProto(action: ForwardedTransformActions.Set)
            .AddRequestTransform(request =>
            {
                IEnumerable<string> claimed = request.HttpContext.Request.Headers["X-Forwarded-For"]!;
                request.ProxyRequest.Headers.Remove("X-Forwarded-For");
                request.ProxyRequest.Headers.TryAddWithoutValidation("X-Forwarded-For", [.. claimed, Caller]);
                return ValueTask.CompletedTask;
            }));
        await _app.StartAsync();
        Address = new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
    }

    private static X509Certificate2 Certificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=marketdata.example.com", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var signed = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(signed.Export(X509ContentType.Pfx), null);
    }
}
