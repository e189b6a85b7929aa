using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using MarketData.Enrichment.Resilience;
using MarketData.Storage.Enrichment;
using MarketData.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace MarketData.Enrichment.Tests.Resilience;

/// <summary>Three nodes, each with its own connections, share a key's quota. A minute is scaled down: so many a minute are so many in a window.</summary>
public sealed class SharedQuotaTests(PostgresServer server) : IAsyncLifetime
{
    private const int PerMinute = 1500;
    private const int Burst = 75;
    private const int PerWindow = PerMinute / 60;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private TestDatabase? _database;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await server.CreateDatabaseAsync(Cancellation);

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        if (_database is not null)
            await _database.DisposeAsync();
    }

    [Fact]
    public async Task Three_nodes_together_keep_within_the_quota_and_use_it_up()
    {
        var grants = new ConcurrentQueue<(long Asked, long Got)>();
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var startedAt = Stopwatch.GetTimestamp();
        var working = TimeSpan.FromSeconds(8);
        enough.CancelAfter(working);

        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => RunNodeAsync(grants, enough.Token)));

        var took = Stopwatch.GetElapsedTime(startedAt);
        var allowed = Burst + took.TotalSeconds * PerWindow;
        grants.Count.ShouldBeLessThanOrEqualTo((int)allowed);
        // Somebody waits all the time. A busy machine hands permits out late, yet none is lost: what was not handed out is still in the bucket,
        // but for the few that a node had taken when its time was up.
        var left = await new ProviderQuotaStore(_database!.DataSource).TakeAsync("polygon", PerMinute, PerMinute, Burst, Cancellation);
        left.Permits.ShouldBeLessThan(Burst);
        (grants.Count + left.Permits).ShouldBeGreaterThanOrEqualTo((int)(0.95 * allowed));
        MostWithin(grants, Window).ShouldBeLessThanOrEqualTo(PerWindow + Burst);
    }

    [Fact]
    public async Task What_a_node_does_not_use_another_may()
    {
        await using var first = NpgsqlDataSource.Create(_database!.ConnectionString);
        var quota = new ProviderQuotaStore(first);

        var taken = await quota.TakeAsync("polygon", 100, 100, 150, Cancellation);
        var rest = await new ProviderQuotaStore(_database.DataSource).TakeAsync("polygon", 100, 100, 150, Cancellation);

        taken.Permits.ShouldBe(100);
        rest.Permits.ShouldBe(50);
        rest.Left.ShouldBeInRange(0, 1);
    }

    [Fact]
    public async Task Providers_have_buckets_of_their_own()
    {
        var quota = new ProviderQuotaStore(_database!.DataSource);
        await quota.TakeAsync("polygon", 150, 100, 150, Cancellation);

        (await quota.TakeAsync("binance", 150, 100, 150, Cancellation)).Permits.ShouldBe(150);
    }

    [Fact]
    public async Task A_bucket_waits_out_a_database_that_is_away()
    {
        await using var postgres = await TestPostgres.StartNewAsync(Cancellation);
        await using var source = NpgsqlDataSource.Create(postgres.ConnectionString);
        await using var bucket = Bucket(source);
        await postgres.KillAsync();

        var waiting = bucket.AcquireAsync(1, Cancellation).AsTask();
        await postgres.StartAsync(Cancellation);

        (await waiting.WaitAsync(TimeSpan.FromSeconds(30), Cancellation)).IsAcquired.ShouldBeTrue();
    }

    private async Task RunNodeAsync(ConcurrentQueue<(long Asked, long Got)> grants, CancellationToken enough)
    {
        await using var source = NpgsqlDataSource.Create(_database!.ConnectionString);
        await using var bucket = Bucket(source);
        await Task.WhenAll(Enumerable.Range(0, 25).Select(async _ =>
        {
            try
            {
                while (true)
                {
                    var asked = Stopwatch.GetTimestamp();
                    (await bucket.AcquireAsync(1, enough)).IsAcquired.ShouldBeTrue();
                    grants.Enqueue((asked, Stopwatch.GetTimestamp()));
                }
            }
            catch (OperationCanceledException) when (enough.IsCancellationRequested)
            {
                // The time is up.
            }
        }));
    }

    private SharedTokenBucket Bucket(NpgsqlDataSource source) => new(
        "polygon",
        new ProviderResilienceOptions { RequestsPerMinute = PerMinute, Burst = Burst },
        new ProviderQuotaStore(source),
        new EnrichmentMetrics(_services.GetRequiredService<IMeterFactory>(), TimeProvider.System),
        TimeProvider.System);

    // A permit was given at some instant between the asking and the getting: counted are those that were surely within one window.
    private static int MostWithin(IEnumerable<(long Asked, long Got)> grants, TimeSpan window)
    {
        var all = grants.ToList();
        return all.Max(first => all.Count(other => other.Asked >= first.Asked && Stopwatch.GetElapsedTime(first.Asked, other.Got) <= window));
    }
}
