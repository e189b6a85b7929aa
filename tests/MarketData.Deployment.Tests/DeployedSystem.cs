using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using MarketData.Deployment.Tests.Containers;
using MarketData.Deployment.Tests.Kubernetes;
using MarketData.Testing;
using MarketData.Testing.Tools;
using Microsoft.Playwright;
using Npgsql;

namespace MarketData.Deployment.Tests;

/// <summary>
/// The system as a person deploys it who follows docs/deploy.md: images, an overlay, migrations, services behind an ingress with TLS, a
/// first key. Its database and the providers are outside, on this machine.
/// </summary>
public sealed class DeployedSystem(PostgresServer postgres) : IAsyncLifetime
{
    private const string Tag = "1.0.0-smoke";
    private const int DatabasePort = 5432;
    private const int ProvidersPort = 9000;
    private static readonly string[] Services = ["Api", "Enrichment", "Web"];
    private static readonly TimeSpan RunTimeout = TimeSpan.FromMinutes(3);

    private readonly List<IAsyncDisposable> _parts = [];
    private Overlay? _overlay;
    private IPlaywright? _playwright;
    private Router _router = null!;

    /// <summary>The host name of its ingress.</summary>
    public const string Host = "marketdata.example.com";

    /// <summary>The name of the first key.</summary>
    public const string Operator = "operator";

    /// <summary>The symbols that it begins with.</summary>
    public static IReadOnlyList<string> Symbols { get; } = ["AAPL", "MSFT", "BTC-USD"];

    /// <summary>Why it could not be deployed here; null when it was.</summary>
    public string? Unavailable { get; private set; }

    /// <summary>Its address, with TLS; the host name leads to this machine for <see cref="CreateClient"/> alone.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>A key that may do everything.</summary>
    public string AdminKey { get; private set; } = "";

    /// <summary>Calls it as an administrator.</summary>
    public HttpClient Admin { get; private set; } = null!;

    /// <summary>Asks the simulator for faults.</summary>
    public HttpClient Simulator { get; private set; } = null!;

    /// <summary>A browser that finds it by its host name.</summary>
    public IBrowser Browser { get; private set; } = null!;

    /// <summary>What the first migrations ended with, and what they wrote.</summary>
    public (int ExitCode, string Log) Migrations { get; private set; }

    /// <summary>What the overlay rendered to when it was deployed.</summary>
    public string Rendered { get; private set; } = "";

    internal Cluster Cluster { get; private set; } = null!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var kubectl = await KubectlCommand.FolderAsync();
        Unavailable = ContainerEngine.Missing() ?? (kubectl is null ? "kubectl is not installed, which renders the manifests." : null);
        if (Unavailable is not null)
            return;
        ContainerEngine engine;
        try
        {
            engine = Keep(await ContainerEngine.StartAsync());
        }
        catch (InvalidOperationException e)
        {
            Unavailable = $"The container engine does not work here: {e.Message}";
            return;
        }

        var registry = await ImageRegistry.StartAsync(engine, cancellation);
        var baseImage = $"{registry.Address}/base:1";
        await BaseImage.PushAsync(engine, baseImage);
        if (await engine.TryAsync("run", "--rm", "--network", "marketdata", "--tls-verify=false", baseImage, "dotnet", "--list-runtimes") is { ExitCode: not 0 } trial)
        {
            Unavailable = $"The container engine runs no container here: {trial.Output.Trim()}";
            return;
        }

        foreach (var service in Services)
            await registry.PublishAsync(service, Tag, baseImage);
        await DeployAsync(engine, kubectl!, registry.Address, cancellation);
    }

    /// <summary>A caller with an address of its own, who may have more headers to tell.</summary>
    /// <param name="from">The address that it calls from, such as 203.0.113.5, as a load balancer tells it to the ingress.</param>
    /// <param name="headers">What it sends with each request.</param>
    public HttpClient CreateClient(string from, params (string Name, string Value)[] headers)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            ConnectCallback = async (_, token) =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, _router.Balancer.Port), token);
                var stream = new NetworkStream(socket, ownsSocket: true);
                await stream.WriteAsync(Encoding.ASCII.GetBytes($"PROXY TCP4 {from} 127.0.0.1 40000 443\r\n"), token);
                return stream;
            },
        };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.Subject == $"CN={Host}";
        var client = new HttpClient(handler) { BaseAddress = Address };
        foreach (var (name, value) in headers)
            client.DefaultRequestHeaders.Add(name, value);
        return client;
    }

    /// <summary>Renders the overlay once more.</summary>
    public Task<string> RenderAsync() => _overlay!.RenderAsync();

    /// <summary>What an address of the API answers to an administrator.</summary>
    public Task<JsonElement> GetAsync(string path, CancellationToken cancellation) =>
        Admin.GetFromJsonAsync<JsonElement>(new Uri($"/api/v1/{path}", UriKind.Relative), cancellation);

    /// <summary>Triggers a run of everything.</summary>
    public async Task<Guid> TriggerAsync(CancellationToken cancellation)
    {
        using var answer = await Admin.PostAsync(new Uri("/api/v1/enrichment/trigger", UriKind.Relative), null, cancellation);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(cancellation)).GetProperty("job_id").GetGuid();
    }

    /// <summary>Waits until a run has ended.</summary>
    public async Task<JsonElement> EndedAsync(Guid run, CancellationToken cancellation)
    {
        JsonElement answer = default;
        await Eventually.BecomesAsync(
            async () =>
            {
                answer = await GetAsync($"enrichment/runs/{run}", cancellation);
                return answer.GetProperty("status").GetString() is "completed" or "partial" or "failed" or "cancelled";
            },
            RunTimeout,
            cancellation);
        return answer;
    }

    /// <summary>Waits until the run that an empty warehouse gets by itself has ended.</summary>
    public async Task<JsonElement> FirstRunAsync(CancellationToken cancellation)
    {
        JsonElement first = default;
        await Eventually.BecomesAsync(
            async () =>
            {
                var runs = (await GetAsync("enrichment/history", cancellation)).GetProperty("items").EnumerateArray().ToList();
                first = runs.LastOrDefault();
                return runs.Count > 0;
            },
            RunTimeout,
            cancellation);
        return await EndedAsync(first.GetProperty("job_id").GetGuid(), cancellation);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Admin?.Dispose();
        Simulator?.Dispose();
        _overlay?.Dispose();
        for (var part = _parts.Count - 1; part >= 0; part--)
            await _parts[part].DisposeAsync();
        _playwright?.Dispose();
    }

    private T Keep<T>(T part) where T : IAsyncDisposable
    {
        _parts.Add(part);
        return part;
    }

    private async Task DeployAsync(ContainerEngine engine, string kubectl, string registry, CancellationToken cancellation)
    {
        var database = new NpgsqlConnectionStringBuilder(Keep(await postgres.CreateEmptyDatabaseAsync(cancellation)).ConnectionString);
        var simulator = Keep(await ServiceProcess.StartAsync("MarketData.Simulator", "/alive", new Dictionary<string, string?>(), cancellation));
        Simulator = new HttpClient { BaseAddress = simulator.Client.BaseAddress };
        var outside = new Dictionary<int, string> { [DatabasePort] = $"{database.Host}:{database.Port}", [ProvidersPort] = simulator.Client.BaseAddress!.Authority };
        (database.Host, database.Port) = ("database", DatabasePort);

        _overlay = await Overlay.WriteAsync(
            kubectl, registry, Tag,
            new Dictionary<string, string>
            {
                ["Api__RequireKeyForReads"] = "true",
                // The readers of a rolling update wait for nothing.
                ["Api__RequestsPerMinutePerKey"] = "10000000",
                ["Proxies__Trusted__0"] = engine.Network,
                ["Enrichment__Symbols"] = string.Join(' ', Symbols.Select(symbol => $"{symbol}:{(symbol == "BTC-USD" ? "crypto" : "stock")}:1d")),
                ["Providers__BaseUrl"] = $"http://providers:{ProvidersPort}",
            },
            new Dictionary<string, string> { ["ConnectionStrings__marketdata"] = database.ConnectionString });
        Rendered = await RenderAsync();
        var objects = Manifest.ReadAll(Rendered);
        _router = await Router.StartAsync(engine, objects, outside, cancellation);
        Address = new UriBuilder(_router.Address) { Host = Host }.Uri;
        string[] names = ["api", "database", "providers"];
        Cluster = Keep(new Cluster(engine, _router, names.ToDictionary(name => name, _ => engine.Gateway)));

        Cluster.Apply(objects);
        Migrations = await Cluster.RunJobAsync("migrations");
        await Task.WhenAll(Services.Select(service => Cluster.DeployAsync(service.ToLowerInvariant(), cancellation)));
        AdminKey = await CreateKeyAsync("--admin", Operator);
        await _overlay.AddSecretAsync("Api__ApiKey", await CreateKeyAsync("--read", "dashboard"));
        Rendered = await RenderAsync();
        Cluster.Apply(Manifest.ReadAll(Rendered));
        await Cluster.RollAsync("web", cancellation);
        Admin = CreateClient("203.0.113.1", ("X-API-Key", AdminKey));
        _playwright = await Playwright.CreateAsync();
        var options = Chromium.LaunchOptions();
        options.Args = [.. options.Args!, $"--host-resolver-rules=MAP {Host} 127.0.0.1"];
        Browser = Keep(await _playwright.Chromium.LaunchAsync(options));
    }

    private async Task<string> CreateKeyAsync(string scope, string name) =>
        (await Cluster.PodsOf("api")[0].ExecuteAsync("dotnet", "MarketData.Api.dll", "keys", "create", scope, "--name", name)).Split('\n')[0].Trim();
}
