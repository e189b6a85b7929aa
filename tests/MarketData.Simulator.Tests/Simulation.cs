using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace MarketData.Simulator.Tests;

/// <summary>A simulator on a free port, asked over HTTP as a provider's client would.</summary>
public sealed class Simulation : IAsyncDisposable
{
    /// <summary>Wednesday, 11 March 2026, 14:00 in New York: the session runs.</summary>
    public static readonly DateTimeOffset Now = new(2026, 3, 11, 18, 0, 0, TimeSpan.Zero);

    private readonly WebApplication _app;

    private Simulation(WebApplication app)
    {
        _app = app;
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        Http.DefaultRequestHeaders.Add("User-Agent", "Mozilla/5.0");
        Http.DefaultRequestHeaders.Add("Authorization", "Bearer some-key");
        Http.DefaultRequestHeaders.Add("APCA-API-KEY-ID", "some-key");
        Http.DefaultRequestHeaders.Add("APCA-API-SECRET-KEY", "some-secret");
    }

    /// <summary>A client with a key and a browser's name.</summary>
    public HttpClient Http { get; }

    /// <summary>Starts one whose clock stands still at <see cref="Now"/> and which shows no oddities unless a setting says so.</summary>
    /// <param name="settings">Pairs such as <c>Seed=7</c>, below <c>Simulator</c>.</param>
    public static async Task<Simulation> StartAsync(params string[] settings)
    {
        var defaults = new[] { "Oddities=false", string.Create(CultureInfo.InvariantCulture, $"Now={Now:O}") };
        var app = SimulatorApp.Create(
            ["--urls", "http://127.0.0.1:0", .. defaults.Concat(settings).Select(setting => "--Simulator:" + setting)],
            builder => builder.Logging.ClearProviders());
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new Simulation(app);
    }

    /// <summary>Asks and gives the answer, whatever its status.</summary>
    public Task<HttpResponseMessage> GetAsync(string path) => Http.GetAsync(path, TestContext.Current.CancellationToken);

    /// <summary>Asks for JSON, which has to come with status 200 or the one given.</summary>
    public async Task<JsonNode> JsonAsync(string path, HttpStatusCode status = HttpStatusCode.OK)
    {
        using var response = await GetAsync(path);
        response.StatusCode.ShouldBe(status, path);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
    }

    /// <summary>Puts a fault in force and gives its number.</summary>
    public async Task<int> FaultAsync(object fault)
    {
        using var response = await Http.PostAsJsonAsync("/simulator/faults", fault, TestContext.Current.CancellationToken);
        response.StatusCode.ShouldBe(HttpStatusCode.Created, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return (int)(await response.Content.ReadFromJsonAsync<JsonObject>(TestContext.Current.CancellationToken))!["id"]!;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
    }
}
