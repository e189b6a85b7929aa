using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Channels;
using MarketData.Web.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MarketData.Web.Tests.Fakes;

/// <summary>
/// An Api that answers from memory over real HTTP, so that the dashboard's own behaviour can be tested quickly and brought into
/// any state. That the true Api answers in the same shapes is for the end-to-end tests to show.
/// </summary>
internal sealed class FakeApi : IAsyncDisposable
{
    private readonly ConcurrentDictionary<Channel<string>, byte> _listeners = new();
    private WebApplication? _app;
    private int _eventId;

    public FakeWorld World { get; set; } = new();

    public FakeNotifications Notifications { get; } = new();

    public FakeBackfills Backfills { get; } = new();

    /// <summary>Keys and their scopes; when null everybody may do everything, as in Development.</summary>
    public Dictionary<string, string[]>? KeyScopes { get; set; }

    /// <summary>Requests that change something, as "METHOD path?query body key".</summary>
    public ConcurrentQueue<string> Actions { get; } = new();

    /// <summary>What requests below a path are refused with instead: status, and seconds of <c>Retry-After</c>; null for nothing.</summary>
    public (string Path, int Status, int? RetryAfter)? Refusal { get; set; }

    public int ActionRequests => Actions.Count;

    /// <summary>Whose each request was, as "METHOD path addresses", in the words of <c>X-Forwarded-For</c>.</summary>
    public ConcurrentQueue<string> Callers { get; } = new();

    public ConcurrentDictionary<string, int> Reads { get; } = new();

    /// <summary>The key of each read, empty without one, with its path and query.</summary>
    public ConcurrentQueue<(string Address, string Key)> KeysOfReads { get; } = new();

    public int Listeners => _listeners.Count;

    public string Address { get; private set; } = "";

    public static async Task<FakeApi> StartAsync(int port = 0)
    {
        var api = new FakeApi();
        await api.StartListeningAsync(port);
        return api;
    }

    /// <summary>Goes away and comes back at the same address, as a restarted Api does.</summary>
    public async Task StopAsync()
    {
        foreach (var listener in _listeners.Keys)
            listener.Writer.TryComplete();
        if (_app is { } app)
            await app.DisposeAsync();
        _app = null;
    }

    public Task RestartAsync() => StartListeningAsync(new Uri(Address).Port);

    public void Publish(string kind, object payload)
    {
        var item = $"id: {Interlocked.Increment(ref _eventId)}\nevent: {kind}\ndata: {JsonSerializer.Serialize(payload, ApiJson.Options)}\n\n";
        foreach (var listener in _listeners.Keys)
            listener.Writer.TryWrite(item);
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private async Task StartListeningAsync(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        builder.Services.ConfigureHttpJsonOptions(o => o.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower);
        builder.Services.Configure<Microsoft.Extensions.Hosting.HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromMilliseconds(200));
        _app = builder.Build();
        _app.Use(Record);
        Map(_app);
        await _app.StartAsync();
        Address = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
    }

    private async Task Record(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        Callers.Enqueue($"{request.Method} {request.Path} {request.Headers["X-Forwarded-For"]}");
        if (Refusal is { } refusal && request.Path.StartsWithSegments(refusal.Path))
        {
            if (refusal.RetryAfter is { } seconds)
                context.Response.Headers.RetryAfter = $"{seconds}";
            await Results.Problem(statusCode: refusal.Status, detail: "What the API says.").ExecuteAsync(context);
            return;
        }

        if (HttpMethods.IsGet(request.Method))
        {
            Reads.AddOrUpdate(request.Path, 1, (_, count) => count + 1);
            KeysOfReads.Enqueue(($"{request.Path}{request.QueryString}", request.Headers["X-API-Key"].ToString()));
            await next(context);
            return;
        }

        using var reader = new StreamReader(request.Body);
        var body = await reader.ReadToEndAsync();
        var key = request.Headers["X-API-Key"].ToString();
        Actions.Enqueue($"{request.Method} {request.Path}{request.QueryString} {body} {key}".TrimEnd());
        if (KeyScopes is not null && !KeyScopes.ContainsKey(key))
        {
            await Results.Problem(statusCode: 401, title: "An API key is needed.").ExecuteAsync(context);
            return;
        }

        context.Items["body"] = body;
        await next(context);
    }

    private void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/health", () => "Healthy");
        app.MapGet("/secret", () => "not for the world");
        var api = app.MapGroup("/api/v1");
        api.MapGet("/headers", (HttpRequest request) => request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString()));
        api.MapGet("/access", GetAccess);
        MapEnrichment(api.MapGroup("/enrichment"));
        MapSymbols(api);
        Notifications.Map(api);
        api.MapGet("/system", () => new SystemInfo("1.0.0", ".NET 10.0.9", 93_784, 1, new DatabaseInfo("PostgreSQL 15.14", null, 1_284_000_000, 4_812_334),
            [new("bars_5m", 4_812_334, 652_000_000, 48, 0), new("bars_1d", 120_000, 16_000_000, 4, 0), new("candle_revisions", 3_120, 1_200_000, 0, 0)],
            [new("node-a", "market-1", 4711, "1.0.0", 5, 3, World.Now.AddDays(-2), DateTimeOffset.UtcNow, null, World.Scheduler != "stopped"), new("node-b", "market-2", 4712, "1.0.0", 5, 0, World.Now.AddDays(-2), World.Now.AddHours(-3), null, false)]));
        api.MapProviders(() => World);
        api.MapGet("/providers/check", () => World.ProviderCheck = new("node-a", DateTimeOffset.UtcNow, [new("yahoo", "works", true, true, "gives candles.", null, null, 0.4)]));
        api.MapGet("/metrics/providers", () => new ProviderMetrics("24h", [.. World.Circuits.Select(c => new ProviderCalls(c.Provider, 5_120, 14, 4_812, 23, 0.0048, 84.2, 212.5, 128_450, 12_873, c.CircuitState, World.Now, null))]));
        api.MapGet("/admin/api-keys", () => new ApiKeyList(World.Keys));
        api.MapPost("/admin/api-keys", (HttpContext context) =>
        {
            var asked = JsonSerializer.Deserialize<NewApiKey>((string)context.Items["body"]!, ApiJson.Options)!;
            var made = new ApiKey(Guid.CreateVersion7(), asked.Name!, "mdk_new1", asked.Scopes!, asked.RequestsPerMinute, DateTimeOffset.UtcNow, null, asked.ExpiresAt, null, null);
            World.Keys.Add(made);
            return new CreatedApiKey("mdk_new1_0123456789abcdefghijklmnopqrstuvwxyz", made);
        });
        api.MapDelete("/admin/api-keys/{id:guid}", (Guid id) =>
        {
            var at = World.Keys.FindIndex(k => k.Id == id);
            return World.Keys[at] = World.Keys[at] with { RevokedAt = DateTimeOffset.UtcNow };
        });
        api.MapGet("/admin/api-keys/{id:guid}/audit", () => new ApiKeyAudit([new(2, World.Now.AddHours(-2), "POST /api/v1/enrichment/trigger", null, "2 symbols", "10.0.0.7"), new(1, World.Now.AddDays(-40), "created", "setup", null, null)], null));
    }

    private void MapEnrichment(RouteGroupBuilder api)
    {
        api.MapGet("/dashboard/overview", () => World.Overview);
        api.MapGet("/dashboard/health", () => World.Health);
        api.MapGet("/dashboard/metrics", (string? window) => FakeMetrics.Totals(window ?? "24h"));
        api.MapGet("/dashboard/metrics/series", (string? window) => FakeMetrics.Series(World.Now, window ?? "24h"));
        api.MapGet("/dashboard/attention", (string? symbol) => World.Attention(symbol));
        api.MapGet("/dashboard/circuits", () => new CircuitHistory(World.Transitions));
        api.MapGet("/dashboard/job-status/{symbol}", (string symbol) => World.Symbols.Find(s => s.Symbol == symbol) is { } s
            ? Results.Ok(new JobStatus(null, s.Timeframes, s.Symbol, s.AssetClass, s.Name, s.Active, s.Exchange, s.PriceUnit, s.ListingStatus, s.Status, s.QualityScore, s.ValidationRate, s.DataCompleteness, s.DataAgeSeconds, s.RecordsAvailable, s.LastFetchSuccess, s.LastComputeSuccess, s.LastEnrichmentTime, s.RetryCount, s.NextRetryAt, s.LastError, s.LastError is null ? null : "Check the symbol's spelling, or deactivate it if it was delisted.", s.CompleteTo, s.SessionsBehind))
            : Results.Problem(statusCode: 404, title: "This symbol is not tracked."));
        api.MapGet("/history", (bool? success, int? limit) =>
        {
            var found = World.Runs.Where(r => success is null || success == (r.SymbolsFailed == 0)).ToList();
            return new RunPage([.. found.Take(limit ?? 50)], null, found.Count);
        });
        api.MapGet("/runs/{id:guid}", (Guid id) => World.Runs.Find(r => r.JobId == id) is { } r
            ? Results.Ok(new RunDetail(
                World.CurrentRun is { } c && c.JobId == id ? c : FakeTroubles.Progress(r), false, [.. World.Jobs.Where(j => j.JobId == id)],
                r.JobId, r.Trigger, r.Status, r.RequestedBy, r.CreatedAt, r.StartedAt, r.CompletedAt, r.SymbolsTotal, r.SymbolsSuccessful, r.SymbolsFailed, r.SymbolsCancelled, r.SymbolsRetried, r.RecordsFetched, r.RecordsInserted, r.RecordsUpdated, r.TraceId))
            : Results.Problem(statusCode: 404, title: "There is no such run."));
        FakeTimelines.Map(api, this);
        api.MapDelete("/runs/{id:guid}", (Guid id) => new RunCancelled(id, "cancelled", 4, 1));
        api.MapGet("/jobs", FindJobs);
        api.MapGet("/jobs/{id:long}", (long id) => new JobDetail(World.Jobs.First(j => j.Id == id),
            [new(1, "node-a", World.Now.AddMinutes(-3), World.Now.AddMinutes(-2.9), "failed", [new("fetch", "1d", 1_204)], "HTTP 503 from polygon", "4bf92f3577b34da6a3ce929d0e0e4736"), new(2, "node-b", World.Now.AddMinutes(-1), World.Now.AddMinutes(-0.9), "succeeded", [new("fetch", "1d", 84), new("validate", "1d", 0.4), new("compute", "1d", 1.9), new("score", "1d", 0.2), new("store", "1d", 12.5)], null, "4bf92f3577b34da6a3ce929d0e0e4737")], FakeTimelines.Detail(World.Jobs.First(j => j.Id == id)).Requests));
        api.MapPost("/trigger", () => Results.Accepted(null, new TriggerAccepted(World.Runs[0].JobId, "queued", ["AAPL", "MSFT"], [])));
        api.MapPost("/retry-failed", () => Results.Accepted(null, new TriggerAccepted(World.Runs[0].JobId, "queued", ["JNJ"], [])));
        api.MapPost("/pause", () => SetScheduler("paused"));
        api.MapPost("/resume", () => SetScheduler("running"));
        Backfills.Map(api);
        api.MapGet("/events", StreamEventsAsync);
    }

    private void MapSymbols(RouteGroupBuilder api)
    {
        FakeWatchlists.Map(api, () => World);
        api.MapGet("/symbols", (string? search, string? watchlist) => new SymbolList([.. World.Symbols.Where(s => FakeWatchlists.Has(World, watchlist, s) && (search is null || s.Symbol.Contains(search, StringComparison.OrdinalIgnoreCase) || s.Name?.Contains(search, StringComparison.OrdinalIgnoreCase) == true)).Select(s => Tracked(s.Symbol, s.AssetClass, s.Name, s.Active, [.. s.Timeframes.Select(t => t.Timeframe)]))], World.Symbols.Count));
        api.MapGet("/symbols/detailed", (string? search) => new DetailedSymbolList([.. World.Symbols.Where(s => search is null || s.Symbol.Contains(search, StringComparison.OrdinalIgnoreCase))], World.Symbols.Count));
        api.MapGet("/admin/symbols/lookup", LookUp);
        api.MapPost("/admin/symbols", (HttpContext context) =>
        {
            var asked = JsonSerializer.Deserialize<NewSymbol>((string)context.Items["body"]!, ApiJson.Options)!;
            World.Symbols.RemoveAll(symbol => symbol.Symbol == asked.Symbol);
            World.Symbols.Add(World.Symbols[0] with { Symbol = asked.Symbol!, AssetClass = asked.AssetClass!, Name = asked.Name, Status = "pending", QualityScore = null });
            return Results.Created("", Tracked(asked.Symbol!, asked.AssetClass!, asked.Name, true, asked.Timeframes!));
        });
        api.MapGet("/admin/symbols/{symbol}", GetInstrument);
        api.MapPut("/admin/symbols/{symbol}", (string symbol) => Tracked(symbol, "stock", null, true, ["1d"]));
        api.MapDelete("/admin/symbols/{symbol}", (string symbol, bool? purge) =>
        {
            if (purge == true)
                return FakeWatchlists.Purge(World, symbol);
            var at = World.Symbols.FindIndex(s => s.Symbol == symbol);
            World.Symbols[at] = World.Symbols[at] with { Active = false };
            return Results.Ok(new SymbolRemoved(symbol, "deactivated", 0));
        });
        api.MapGet("/instruments/{symbol}", GetInstrument);
        api.MapPut("/admin/symbols/{symbol}/aliases", (string symbol, HttpContext context) =>
        {
            var asked = JsonSerializer.Deserialize<NewAlias>((string)context.Items["body"]!, ApiJson.Options)!;
            if (asked.ValidFrom > asked.ValidTo)
                return Results.ValidationProblem(new Dictionary<string, string[]> { ["valid_from"] = ["'valid_from' must not lie after 'valid_to'."] });
            World.Aliases.RemoveAll(alias => alias.Provider == asked.Provider && alias.ValidFrom == asked.ValidFrom);
            World.Aliases.Add(new(World.Aliases.Count + 10, asked.Provider!, asked.ProviderSymbol!, asked.ValidFrom, asked.ValidTo, "person", "Night operator", World.Now));
            return Results.Ok(GetInstrument(symbol));
        });
        api.MapDelete("/admin/symbols/{symbol}/aliases/{id:long}", (string symbol, long id) =>
        {
            World.Aliases.RemoveAll(alias => alias.Id == id);
            return GetInstrument(symbol);
        });
        api.MapPost("/admin/symbols/{symbol}/history-cuts", (string symbol, HttpContext context) =>
        {
            var asked = JsonSerializer.Deserialize<NewHistoryCut>((string)context.Items["body"]!, ApiJson.Options)!;
            World.ToLookAt.RemoveAll(item => item.Symbol == symbol && item.Day <= asked.Before);
            return new HistoryCutAway(symbol, asked.Before!.Value, 1_204);
        });
        api.MapPost("/admin/symbols/{symbol}/acknowledgements", (string symbol) =>
        {
            World.ToLookAt.RemoveAll(item => item.Symbol == symbol);
            return new PriceLevelAcknowledged(symbol, "unit_shift", 3);
        });
        api.MapGet("/corporate-actions/{symbol}", GetActions);
        api.MapPost("/corporate-actions/{symbol}", (string symbol) => Results.Created("", GetActions(symbol)));
        api.MapPut("/corporate-actions/{symbol}/{id:long}", (string symbol, long id) => GetActions(symbol));
        api.MapGet("/features", () => new FeatureCatalogue([.. new[] { "sma_20", "ema_12", "ema_26", "bollinger_upper", "bollinger_lower", "vwap", "rsi_14", "macd", "macd_signal", "atr", "volatility_20", "obv" }.Select(n => new Feature(n, 1, "number", 20, ["close"], n, "", false))], []));
        api.MapGet("/data/quality/cross-check", () => FakeMetrics.CrossChecks(World.Now));
        api.MapGet("/data/quality/{symbol}/providers", (string symbol, string provider, string other_provider, string? timeframe, string? start) =>
            FakeStories.Compare(symbol, provider, other_provider, timeframe ?? "1d", start, World.Now));
        api.MapGet("/data/quality/{symbol}/candle", (string symbol, string timestamp, string? timeframe) => FakeStories.Of(symbol, timeframe ?? "1d", timestamp, World.Now));
        api.MapGet("/data/quality/{symbol}", (string symbol, string? timeframe) => FakeMetrics.Quality(symbol, timeframe ?? "1d", World.Now));
        api.MapGet("/historical/{symbol}", (string symbol, string? timeframe, DateTimeOffset? start, DateTimeOffset? end, int? limit, string? features, string? format, string? adjusted) =>
            format == "csv" ? Results.File("timestamp,close\n"u8.ToArray(), "text/csv", $"{symbol}.csv") : Results.Json(FakeCandles.Page(symbol, timeframe ?? "1d", start, end ?? World.Now, limit ?? 10_000, features is not null, adjusted is not ("none" or "false")), ApiJson.Options));
    }

    private InstrumentDetails GetInstrument(string symbol) => new(
        symbol, "stock", "Apple Inc.", "XNYS", "New York", "USD", "USD", symbol.EndsWith(".L", StringComparison.Ordinal) ? "Europe/London" : "America/New_York", "EQUITY", new DateOnly(1980, 12, 12), null, "active", true, ["1d"],
        World.Now, World.Now, [new("exchange", "rule", World.Now), new("price_unit", "yahoo", World.Now)], symbol == "AAPL" ? World.Aliases : []);

    private TrackedSymbol Tracked(string symbol, string assetClass, string? name, bool active, IReadOnlyList<string> timeframes) => new(
        symbol, assetClass, name, null, null, null, null, null, null, null, "active", active, timeframes, World.Now, World.Now);

    private static SymbolLookupResult LookUp(string symbol) => symbol switch
    {
        "ZZZ-USD" => Looked(symbol, "crypto", null) with { Outcome = "not_asked", Answers = [new("yahoo", "not_asked", "not asked, its circuit is open.")] },
        "APPL" => Looked(symbol, "stock", null) with
        {
            Outcome = "unknown",
            Objection = "No provider knows APPL: yahoo does not know this. Did you mean AAPL?",
            Answers = [new("yahoo", "unknown", "does not know this.")],
            NearMisses = ["AAPL"],
        },
        _ => Looked(symbol, "etf", "A fund"),
    };

    private static SymbolLookupResult Looked(string symbol, string assetClass, string? name) => new(
        symbol, "known", false, null, assetClass, name, "XNYS", "New York", "USD", "USD", "ETF", new DateOnly(1999, 3, 10), null,
        new Dictionary<string, string> { ["name"] = "yahoo", ["first_traded"] = "polygon" }, [new("yahoo", "known", null), new("polygon", "known", null)], []);

    private IResult GetAccess(HttpContext context)
    {
        if (KeyScopes is null)
            return Results.Ok(new Access(false, null, ["read", "enrich", "admin"]));
        var key = context.Request.Headers["X-API-Key"].ToString();
        if (key.Length == 0)
            return Results.Ok(new Access(false, null, ["read"]));
        return KeyScopes.TryGetValue(key, out var scopes)
            ? Results.Ok(new Access(true, "Night operator", scopes))
            : Results.Problem(statusCode: 401, title: "The API key is not valid.");
    }

    private CorporateActionList GetActions(string symbol) => symbol != "AAPL" ? new(symbol, [], []) : new(
        symbol,
        [new("split", new DateOnly(2020, 8, 31), 1, 4, null, null, "polygon", World.Now), new("dividend", new DateOnly(2026, 8, 8), null, null, 0.26, "USD", "polygon", World.Now)],
        [
            Told(6, "split", "polygon", new DateOnly(2020, 8, 31), "in_effect") with { RatioFrom = 1, RatioTo = 4 },
            Told(7, "split", "yahoo", new DateOnly(2021, 3, 9), "disputed") with { RatioFrom = 1, RatioTo = 10, Reason = "The price shows no such change within ten sessions." },
            Told(8, "dividend", "polygon", new DateOnly(2026, 8, 8), "in_effect") with { CashAmount = 0.26, Currency = "USD" },
        ]);

    private CorporateActionReport Told(long id, string kind, string provider, DateOnly exDate, string state) => new(
        id, kind, provider, exDate, null, null, null, null, null, null, state, null, World.Now, World.Now, null, null, null, null, null);

    private JobPage FindJobs(string? status, string? symbol, int? min_attempts, int? longer_than_seconds, int? limit)
    {
        var found = World.Jobs.Where(j => (status is null || (status == "open" ? j.IsOpen : j.Status == status))
            && (symbol is null || j.Symbol == symbol) && j.Attempt >= (min_attempts ?? 0) && j.WorkedMs >= (longer_than_seconds ?? 0) * 1000L).ToList();
        return new([.. found.Take(limit ?? 50)], null, found.Count, false);
    }

    private SchedulerState SetScheduler(string status)
    {
        World.Scheduler = status;
        Publish("scheduler", new { paused = status == "paused" });
        return new(status, status == "paused", DateTimeOffset.UtcNow, "Night operator", World.Overview.NextRun);
    }

    private async Task StreamEventsAsync(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        var channel = Channel.CreateUnbounded<string>();
        await context.Response.WriteAsync(": hello\n\n");
        await context.Response.Body.FlushAsync();
        _listeners[channel] = 0;
        try
        {
            await foreach (var item in channel.Reader.ReadAllAsync(context.RequestAborted))
            {
                await context.Response.WriteAsync(item);
                await context.Response.Body.FlushAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The listener left.
        }
        finally
        {
            _listeners.TryRemove(channel, out _);
        }
    }
}
