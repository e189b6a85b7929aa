using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Dapper;
using MarketData.Storage.Keys;
using MarketData.Testing;

namespace MarketData.Chaos.Tests.ClientPromise;

/// <summary>The API as a client has it before it, over a wire that can lose what goes over it, and nodes that can be killed.</summary>
internal sealed class ClientWorld : IAsyncDisposable
{
    // What is open when a conversation ends has to be done within this, on a machine that does much else.
    private static readonly TimeSpan WaitLimit = TimeSpan.FromMinutes(2);

    private readonly ChaosWorld _world;
    private readonly ServiceProcess _api;
    private readonly TcpProxy _wire;
    private readonly HttpClient _http;
    private readonly HttpClient _lossy;
    private readonly Guid _key;
    private ServiceProcess? _node;
    private Task<ServiceProcess>? _next;
    private int _sent;

    private ClientWorld(ChaosWorld world, ServiceProcess api, Guid key, string secret)
    {
        (_world, _api, _key) = (world, api, key);
        _wire = new TcpProxy(api.Address.Host, api.Address.Port);
        _http = new HttpClient { BaseAddress = api.Address };
        // A new connection each time: the client must not try again by itself.
        _lossy = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero })
        {
            BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_wire.Port}/")),
        };
        foreach (var client in (HttpClient[])[_http, _lossy])
            client.DefaultRequestHeaders.Add("X-API-Key", secret);
    }

    /// <summary>Requests that change something, and may therefore be on the key's record.</summary>
    public int Changes { get; private set; }

    /// <summary>Those of them whose answer never came.</summary>
    public int Lost { get; private set; }

    public ChaosWorld Chaos => _world;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Starts an API and one node in a world, which is this one's from then on, and tracks the names of the model.</summary>
    public static async Task<ClientWorld> StartAsync(ChaosWorld world)
    {
        try
        {
            return await StartInAsync(world);
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    private static async Task<ClientWorld> StartInAsync(ChaosWorld world)
    {
        const string track = """
            DELETE FROM symbols;
            INSERT INTO symbols (symbol, asset_class, timeframes) SELECT name, class, '{1d,1w}' FROM unnest(@names, @classes) AS t (name, class);
            """;
        string[] names = [.. ClientModel.Names.SkipLast(1)];
        await using (var connection = await world.Database.OpenConnectionAsync(Cancellation))
            await connection.ExecuteAsync(track, new { names, classes = names.Select(ClientModel.ClassOf).ToArray() });
        var (key, secret) = await new KeyStore(world.Database).CreateAsync(
            new ApiKeyRequest("client", ["admin"]), new Actor("test", null), Cancellation);
        var starting = StartNodeAsync(world);
        var api = await ServiceProcess.StartAsync(
            "MarketData.Api",
            "health",
            new Dictionary<string, string>
            {
                ["ConnectionStrings:marketdata"] = world.ConnectionString(world.DatabaseServer.Host, world.DatabaseServer.Port),
                ["Api:RequestsPerMinutePerKey"] = "1000000",
                ["Logging:LogLevel:Default"] = "Warning",
            },
            Cancellation);
        var started = new ClientWorld(world, api, key.Id, secret) { _node = await starting };
        // Nobody but the client asks for runs.
        await using (var connection = await world.Database.OpenConnectionAsync(Cancellation))
            await connection.ExecuteAsync("UPDATE schedules SET next_run = now() + interval '20 days' WHERE name IN ('nightly', 'gaps')");
        return started;
    }

    /// <summary>Asks the API once.</summary>
    public async Task<Answer> SendAsync(
        HttpMethod method, string path, JsonNode? body = null, string? key = null, string? etag = null)
    {
        Count(method);
        using var request = Request(method, path, body, key);
        if (etag is not null)
            request.Headers.IfNoneMatch.Add(EntityTagHeaderValue.Parse(etag));
        return await ReadAsync(_http, request);
    }

    /// <summary>Asks the API by a wire that breaks before the request arrives or before the answer does.</summary>
    public async Task SendInVainAsync(HttpMethod method, string path, JsonNode? body, string? key, bool arrives)
    {
        Count(method);
        Lost++;
        using var request = Request(method, path, body, key);
        var mark = string.Create(CultureInfo.InvariantCulture, $"lost-{++_sent}-");
        request.Headers.Add("X-Mark", mark);
        if (arrives)
            _wire.LoseAnswerTo(mark);
        else
            _wire.Lose(mark);
        await Should.ThrowAsync<HttpRequestException>(() => ReadAsync(_lossy, request));
    }

    /// <summary>Ends the node, and has another one start meanwhile.</summary>
    public async Task EndNodeAsync(bool isInGoodOrder)
    {
        await NodeAsync();
        if (isInGoodOrder)
            _node!.Signal("TERM");
        else
            await _node!.KillAsync();
        _next = StartNodeAsync(_world);
    }

    /// <summary>Waits until a node is there.</summary>
    public async Task NodeAsync()
    {
        if (_next is not null)
            _node = await _next;
        _next = null;
    }

    /// <summary>Waits until a condition holds; says what the nodes last said when it does not.</summary>
    public async Task BecomesAsync(Func<Task<bool>> condition, string what)
    {
        try
        {
            await Eventually.BecomesAsync(condition, WaitLimit, Cancellation);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{what}\n{_world.NodesLastWords()}", e);
        }
    }

    /// <summary>How many of the client's requests are on its key's record.</summary>
    public Task<int> AuditedAsync() =>
        _world.ScalarAsync<int>("SELECT count(*) FROM api_key_audit WHERE key_id = @_key AND action ~ '^(POST|PUT|DELETE) '", new { _key });

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_next is not null)
            await _next;
        _http.Dispose();
        _lossy.Dispose();
        await _wire.DisposeAsync();
        await _api.DisposeAsync();
        await _world.DisposeAsync();
    }

    // The market's clock stands still in 2024, and the node's does not.
    private static Task<ServiceProcess> StartNodeAsync(ChaosWorld world) => world.StartNodeAsync(
        ("Enrichment:Concurrency", "2"),
        ("Enrichment:Schedule", "0 0 0 29 2 ?"),
        ("Enrichment:History:OneDay", "1100"),
        ("Enrichment:History:OneWeek", "1100"));

    private void Count(HttpMethod method) => Changes += method == HttpMethod.Get ? 0 : 1;

    private static HttpRequestMessage Request(HttpMethod method, string path, JsonNode? body, string? key)
    {
        var request = new HttpRequestMessage(method, $"api/v1/{path}");
        if (body is not null)
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        return request;
    }

    private static async Task<Answer> ReadAsync(HttpClient client, HttpRequestMessage request)
    {
        using var response = await client.SendAsync(request, Cancellation);
        return new Answer((int)response.StatusCode, await response.Content.ReadAsStringAsync(Cancellation), response.Headers.ETag?.ToString());
    }
}
