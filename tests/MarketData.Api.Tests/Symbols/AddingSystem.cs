using System.Net.Http.Json;
using Dapper;
using MarketData.Storage.Keys;
using MarketData.Testing;

namespace MarketData.Api.Tests.Symbols;

/// <summary>The Api with an enrichment node beside it, whose providers the simulator plays: each a process of its own but for the Api.</summary>
public sealed class AddingSystem(PostgresServer server) : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private ServiceProcess _simulator = null!;
    private ServiceProcess _node = null!;
    private ApiApplication _api = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Its database.</summary>
    public TestDatabase Database => _database;

    /// <summary>Calls the Api with an administrator's key.</summary>
    public HttpClient Admin { get; private set; } = null!;

    /// <summary>Calls it with a key that may enrich.</summary>
    public HttpClient Operator { get; private set; } = null!;

    /// <summary>Calls it with a key that may read.</summary>
    public HttpClient Reader { get; private set; } = null!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        _database = await server.CreateDatabaseAsync(Cancellation);
        _simulator = await ServiceProcess.StartAsync(
            "MarketData.Simulator", "/health", new Dictionary<string, string?> { ["Simulator:Oddities"] = "false" }, Cancellation);
        var simulator = _simulator.Client.BaseAddress!.ToString().TrimEnd('/');
        _node = await ServiceProcess.StartAsync("MarketData.Enrichment", "/health", Settings(simulator), Cancellation);
        _api = await ApiApplication.StartAsync(_database.ConnectionString);
        var keys = new KeyStore(_database.DataSource);
        Admin = _api.With((await keys.CreateAsync(new("admin", ["admin"], null), new Actor("test", null), Cancellation)).Secret);
        // A node that has just started, on a machine with much to do, does not answer within seconds yet.
        await Eventually.BecomesAsync(
            async () => (await Admin.FetchAsync("/api/v1/admin/symbols/lookup?symbol=MSFT").JsonAsync()).GetProperty("answers").EnumerateArray()
                .Count(answer => answer.GetProperty("outcome").GetString() == "known") == 2,
            TimeSpan.FromMinutes(2), Cancellation);
        Reader = _api.With((await keys.CreateAsync(new("reader", ["read"], null), new Actor("test", null), Cancellation)).Secret);
        Operator = _api.With((await keys.CreateAsync(new("operator", ["enrich"], null), new Actor("test", null), Cancellation)).Secret);
    }

    /// <summary>Has the simulated providers misbehave.</summary>
    public async Task MisbehaveAsync(object fault)
    {
        using var response = await _simulator.Client.PostAsJsonAsync(new Uri("/simulator/faults", UriKind.Relative), fault, Cancellation);
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync(Cancellation));
    }

    /// <summary>Has them behave again.</summary>
    public async Task BehaveAsync()
    {
        using var response = await _simulator.Client.DeleteAsync(new Uri("/simulator/faults", UriKind.Relative), Cancellation);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Makes the last look at the providers as old as that.</summary>
    /// <returns>Whether there was one: a node keeps what it found at its start after it has logged it.</returns>
    public async Task<bool> AgeCheckAsync(TimeSpan age)
    {
        await using var connection = await _database.DataSource.OpenConnectionAsync(Cancellation);
        return await connection.ExecuteAsync("UPDATE provider_check SET checked_at = now() - @age", new { age }) > 0;
    }

    /// <summary>Questions that are still on record.</summary>
    public async Task<long> PendingLookupsAsync()
    {
        await using var connection = await _database.DataSource.OpenConnectionAsync(Cancellation);
        return await connection.ExecuteScalarAsync<long>("SELECT count(*) FROM symbol_lookups");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _api.DisposeAsync();
        await _node.DisposeAsync();
        await _simulator.DisposeAsync();
        await _database.DisposeAsync();
    }

    private Dictionary<string, string?> Settings(string simulator)
    {
        var settings = new Dictionary<string, string?>
        {
            ["ConnectionStrings:marketdata"] = _database.ConnectionString,
            ["Enrichment:Symbols"] = "MSFT SPY:etf BTC-USD",
            ["Enrichment:RunOnFirstStart"] = "false",
            ["Enrichment:History:OneDay"] = "30",
            ["Providers:Polygon:ApiKey"] = "test",
            // As with the live providers: the node looks at what works when it starts.
            ["Simulator:Enabled"] = "false",
            ["Providers:Binance:FuturesBaseUrl"] = $"{simulator}/binance-futures",
        };
        foreach (var provider in (string[])["Polygon", "Yahoo", "Binance", "Coinbase"])
        {
            settings[$"Providers:{provider}:BaseUrl"] = $"{simulator}/{provider.ToLowerInvariant()}";
            settings[$"Providers:{provider}:Resilience:RequestsPerMinute"] = "100000";
            settings[$"Providers:{provider}:Resilience:RetryBaseDelay"] = "00:00:00.010";
        }

        return settings;
    }
}
