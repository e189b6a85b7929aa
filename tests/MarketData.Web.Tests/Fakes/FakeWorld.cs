using MarketData.Web.Api;

namespace MarketData.Web.Tests.Fakes;

/// <summary>What the fake Api knows: made once from a seed, changed by tests.</summary>
internal sealed class FakeWorld
{
    private static readonly string[] Stocks = ["AAPL", "MSFT", "GOOGL", "AMZN", "NVDA", "META", "TSLA", "JPM", "V", "JNJ", "WMT", "BRK.B"];
    private static readonly string[] Etfs = ["SPY", "QQQ", "IWM"];
    private static readonly string[] Cryptos = ["BTC-USD", "ETH-USD", "SOL-USD", "XRP-USD"];
    private static readonly string[] Providers = ["polygon", "binance", "yahoo"];

    private readonly Random _random = new(7);

    public FakeWorld(int symbols = 20)
    {
        Now = DateTimeOffset.UtcNow;
        Symbols = [.. Enumerable.Range(0, symbols).Select(MakeSymbol)];
        Runs = [.. Enumerable.Range(0, 40).Select(MakeRun)];
        Jobs = [.. Enumerable.Range(0, 120).Select(MakeJob)];
        Circuits = [.. Providers.Select(p => Circuit(p, "closed"))];
        Keys =
        [
            new(Guid.CreateVersion7(), "Night operator", "mdk_7Qx2", ["read", "enrich"], null, Now.AddDays(-40), "setup", null, null, Now.AddMinutes(-3)),
            new(Guid.CreateVersion7(), "Research notebooks", "mdk_Lp9a", ["read"], 600, Now.AddDays(-90), "setup", Now.AddDays(30), null, Now.AddHours(-5)),
            new(Guid.CreateVersion7(), "Old laptop", "mdk_0aZt", ["read", "enrich", "admin"], null, Now.AddDays(-200), "setup", null, Now.AddDays(-10), Now.AddDays(-11)),
        ];
    }

    public DateTimeOffset Now { get; }
    public List<DetailedSymbol> Symbols { get; }
    public List<Run> Runs { get; }
    public List<Job> Jobs { get; }
    public List<ProviderResilience> Circuits { get; }
    public List<CircuitTransition> Transitions { get; } = [];
    public List<Watchlist> Watchlists { get; } = [];

    /// <summary>Symbols whose deletion is refused once, since they are being enriched.</summary>
    public HashSet<string> Busy { get; } = [];

    public List<ApiKey> Keys { get; }
    public List<ProviderIsolation> Isolations { get; } = [];
    public string Scheduler { get; set; } = "running";
    public RunProgress? CurrentRun { get; set; }

    public SymbolHealth Counts => new(
        Healthy: Count("healthy"), Warning: Count("warning"), Delisted: Count("delisted"), Stale: Count("stale"), Error: Count("error"), Pending: Count("pending"), NotBegun: 0, Retrying: Count("retrying"));

    public Overview Overview => new(
        Scheduler, Runs[0].StartedAt, Scheduler == "running" ? Now.Date.AddDays(1).AddHours(1.5) : null, Runs.First(r => !r.IsOpen), CurrentRun,
        0.987, Symbols.Count, Symbols.Count, 1.84, new DayTotals(3, 58, 2, 0, 128_450, 12_873),
        [.. Jobs.Where(j => j.IsOpen).OrderBy(j => j.Status != "running").Take(20).Select(j => new QueuedJob(j.Id, j.JobId, j.Symbol, j.Status, j.Attempt, j.DueAt, j.StartedAt, j.Step))],
        Jobs.Count(j => j.Status is "queued" or "retrying"), Jobs.Count(j => j.Status == "running"), Scheduler == "stopped" ? 0 : 2);

    public DashboardHealth Health => new(
        Counts.Error > 0 ? "degraded" : "healthy", [], new SchedulerHealth(Scheduler, Scheduler == "stopped" ? 0 : 2, Now.AddSeconds(-3), Overview.NextRun, 0),
        new DatabaseHealth("healthy", 1.2), [.. Providers.Select(Connectivity)], Circuits, Counts,
        [.. Symbols.Where(s => s.Status == "error").Select((s, i) => new FailedJob(900 + i, Runs[0].JobId, s.Symbol, Now.AddHours(-i), 4,
            "Polygon answered 404: ticker not found", "Check the symbol's spelling, or deactivate it if it was delisted.", "4bf92f3577b34da6a3ce929d0e0e4736"))],
        Attention(null).Counts, ProviderCheck, [.. FakeTroubles.Of(this).Concat(Troubles).OrderBy(trouble => Array.IndexOf(["grave", "bad", "warning", "notice"], trouble.Severity))]);

    /// <summary>What is wrong besides what the rest of the world shows.</summary>
    public List<Trouble> Troubles { get; } = [];

    /// <summary>The last look at what providers answer.</summary>
    public ProviderCheckReport? ProviderCheck { get; set; }

    /// <summary>What about symbols somebody should look at.</summary>
    public List<SymbolToLookAt> ToLookAt { get; } = [];

    /// <summary>What people entered of what providers call AAPL.</summary>
    public List<RecordedAlias> Aliases { get; } = [new(1, "polygon", "APPL", null, new DateOnly(1999, 12, 31), "person", "Night operator", DateTimeOffset.UnixEpoch)];

    public SymbolsToLookAt Attention(string? symbol)
    {
        var items = ToLookAt.Where(item => symbol is null || item.Symbol == symbol).ToList();
        return new([.. items.CountBy(item => item.Kind).Select(count => new AttentionCount(count.Key, count.Value))], items);
    }

    private int Count(string status) => Symbols.Count(s => s.Active && s.Status == status);

    public void OpenCircuit(string provider)
    {
        Circuits[Array.IndexOf(Providers, provider)] = Circuit(provider, "open");
        Transitions.Insert(0, new(provider, "node-a", "closed", "open", "5 failures in a row: HTTP 503", DateTimeOffset.UtcNow));
    }

    private ProviderConnectivity Connectivity(string provider)
    {
        var open = Circuits.Exists(c => c.Provider == provider && c.CircuitState == "open");
        return new(provider, open ? "unhealthy" : "healthy", Now.AddMinutes(-2), open ? "HTTP 503 from the provider" : null, open ? DateTimeOffset.UtcNow : null, 0, [], Isolations.Find(isolation => isolation.Provider == provider));
    }

    private static ProviderResilience Circuit(string provider, string state) => new(
        provider, "node-a", true, state, state == "open" ? DateTimeOffset.UtcNow : null, state == "open" ? DateTimeOffset.UtcNow.AddSeconds(60) : null,
        state == "open" ? 0.62 : 0.01, new RateLimitState(100, 150, state == "open" ? 149 : 96.5, provider == "polygon" ? 3 : 0, 0, null, null), new BulkheadState(10, 4, 1, 0),
        17, 4_812, 14, 23, DateTimeOffset.UtcNow);

    private DetailedSymbol MakeSymbol(int index)
    {
        string[] all = [.. Stocks, .. Etfs, "^GSPC", .. Cryptos];
        var symbol = index < all.Length ? all[index] : $"T{index:0000}";
        var assetClass = Cryptos.Contains(symbol) ? "crypto" : Etfs.Contains(symbol) ? "etf" : symbol[0] == '^' ? "index" : "stock";
        var status = index switch { 3 => "warning", 6 => "stale", 9 => "error", 14 => "running", _ => "healthy" };
        var score = status == "warning" ? 0.812 : 0.93 + _random.NextDouble() * 0.07;
        string[] frames = index % 3 == 0 ? ["1d", "1h", "5m"] : ["1d"];
        var ages = status == "stale" ? 8.2e5 : 4.1e4;
        var failure = status == "error" ? "Polygon answered 404: ticker not found" : null;
        return new(
            [.. frames.Select(f => new SeriesCoverage(symbol, f, Now.AddYears(-2), Now.AddHours(-10), f == "1d" ? 504 : 9_800, f == "1d" ? 505 : 9_820, 0.998, score, assetClass == "crypto" ? "binance" : "polygon", "completed"))],
            [.. Enumerable.Range(0, 30).Select(_ => (double?)Math.Clamp(score - 0.03 + _random.NextDouble() * 0.06, 0, 1))],
            symbol, assetClass, symbol == "AAPL" ? "Apple Inc." : null, true, null, null, "active", status, score, 0.99, status == "warning" ? 0.91 : 0.998, ages, 252 * (index % 20 + 1),
            Now.AddHours(-5), Now.AddHours(-5), Now.AddHours(-5), 0, null, failure, null, DateOnly.FromDateTime(Now.UtcDateTime).AddDays(status == "stale" ? -9 : -1), status == "stale" ? 8 : 0);
    }

    private Run MakeRun(int index)
    {
        var start = Now.Date.AddDays(-index).AddHours(1.5);
        var failed = index is 0 or 7 ? 1 : index == 12 ? 6 : 0;
        var total = Symbols.Count;
        return new(
            Guid.CreateVersion7(Now.AddDays(-index)), index % 9 == 4 ? "manual" : "nightly", failed == 0 ? "completed" : "partial", index % 9 == 4 ? "Night operator" : null, start,
            start.AddSeconds(1), start.AddSeconds(95 + index), total, total - failed, failed, 0, index % 5, 21_000, 1_180 + index, 14, "4bf92f3577b34da6a3ce929d0e0e4736");
    }

    private Job MakeJob(int index)
    {
        var symbol = Symbols[index % Symbols.Count];
        var status = index switch { < 3 => "running", 3 or 4 => "retrying", < 9 => "queued", _ => index % 17 == 0 ? "failed" : "succeeded" };
        var queued = Now.AddMinutes(-index * 7 - 1);
        var began = status == "queued" ? (DateTimeOffset?)null : queued.AddSeconds(2);
        var ended = status is "failed" or "succeeded" ? queued.AddSeconds(6) : (DateTimeOffset?)null;
        var failed = status is "failed" or "retrying";
        return new(
            10_000 - index, Runs[index / 20].JobId, Runs[index / 20].Trigger, symbol.Symbol, symbol.AssetClass, [.. symbol.Timeframes.Select(t => t.Timeframe)], null, null, status,
            status == "running" ? "fetch" : null, status == "running" ? "1d" : null, status == "queued" ? 0 : failed ? 3 : 1, 4, queued, status == "retrying" ? Now.AddSeconds(95) : queued, began, began,
            ended, 1_240 + index * 13, 2_010, status == "running" ? "node-a" : null, false, false, 252, failed ? 0 : 3, 1,
            failed ? "transient" : null, failed ? "transient" : null, failed ? ["polygon"] : null,
            failed ? "HTTP 503 from polygon" : null, failed ? "Polygon is in trouble; the job is tried again by itself." : null, "4bf92f3577b34da6a3ce929d0e0e4736");
    }
}
