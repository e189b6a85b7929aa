using MarketData.Enrichment.Pipeline;
using MarketData.Enrichment.Providers;
using MarketData.Enrichment.Scheduling;
using MarketData.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace MarketData.Enrichment.Tests.Scheduling;

/// <summary>A node of the cluster as the service runs it, but for the work, which is the test's.</summary>
internal sealed class TestNode : IAsyncDisposable
{
    private readonly IHost _host;
    private bool _isStopped;

    private TestNode(IHost host, string id) => (_host, Id) = (host, id);

    public string Id { get; }

    public IServiceProvider Services => _host.Services;

    /// <summary>Starts a node and waits until it works.</summary>
    /// <param name="connectionString">The cluster's database.</param>
    /// <param name="work">What each interval of each job does.</param>
    /// <param name="settings">Settings that differ from the tests' usual ones.</param>
    /// <param name="skew">How far its clock is off.</param>
    /// <param name="clock">What it goes by, in the place of its own clock.</param>
    public static async Task<TestNode> StartAsync(
        string connectionString, SymbolWork work, Dictionary<string, string?>? settings = null, TimeSpan skew = default, DatabaseClock? clock = null)
    {
        var id = NodeIdentity.Create();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:marketdata"] = connectionString,
            ["Enrichment:RunOnFirstStart"] = "false",
            ["Enrichment:PollInterval"] = "00:00:00.500",
            ["Enrichment:Lease:SweepInterval"] = "00:00:00.200",
        }).AddInMemoryCollection(settings ?? []);
        builder.AddMarketDataDatabase();
        builder.Services.AddMetrics();
        builder.Services.AddSingleton<TimeProvider>(clock is null ? new SkewedClock(skew) : clock);
        if (clock is not null)
            builder.Services.AddSingleton(clock);
        builder.Services.AddSingleton(id);
        builder.Services.AddSingleton<EnrichmentMetrics>();
        builder.Services.AddSingleton(work);
        builder.Services.AddSingleton(new ProviderChain([], Options.Create(new ProviderOrder())));
        builder.Services.AddSingleton<SymbolLookup>();
        builder.Services.AddSingleton<ProviderChecks>();
        builder.Services.AddSingleton<ProviderInquiry>();
        builder.Services.AddSingleton<SideRequests>();
        builder.Services.AddSingleton<BackfillPlanner>();
        builder.Services.AddScheduling(builder.Configuration);
        var node = new TestNode(builder.Build(), id.Id);
        await node._host.StartAsync(TestContext.Current.CancellationToken);
        var running = node.Services.GetRequiredService<EnrichmentNode>();
        await Testing.Eventually.BecomesAsync(() => running.IsWorking, TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        return node;
    }

    public async Task StopAsync()
    {
        _isStopped = true;
        await _host.StopAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_isStopped)
            await StopAsync();
        _host.Dispose();
    }

    private sealed class SkewedClock(TimeSpan skew) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + skew;
    }
}
