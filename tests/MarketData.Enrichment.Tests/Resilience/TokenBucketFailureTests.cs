using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Threading.RateLimiting;
using Dapper;
using MarketData.Enrichment.Resilience;
using MarketData.Storage.Enrichment;
using MarketData.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MarketData.Enrichment.Tests.Resilience;

/// <summary>A database that gives no permits.</summary>
public sealed class TokenBucketFailureTests(PostgresServer server)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_is_said_once_and_those_who_wait_get_their_permits_when_it_gives_some_again()
    {
        await using var database = await server.CreateDatabaseAsync(Cancellation);
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        await using var connection = await database.DataSource.OpenConnectionAsync(Cancellation);
        var said = new Sentences();
        await using var bucket = new SharedTokenBucket(
            "polygon", new ProviderResilienceOptions(), new ProviderQuotaStore(database.DataSource),
            new EnrichmentMetrics(services.GetRequiredService<IMeterFactory>(), TimeProvider.System), TimeProvider.System, said);
        await connection.ExecuteAsync("ALTER TABLE provider_quota RENAME TO away");

        var waiting = bucket.AcquireAsync(1, Cancellation).AsTask();
        await Eventually.BecomesAsync(() => !said.IsEmpty, TimeSpan.FromMinutes(1), Cancellation);
        waiting.IsCompleted.ShouldBeFalse();
        await connection.ExecuteAsync("ALTER TABLE away RENAME TO provider_quota");

        using RateLimitLease lease = await waiting;
        lease.IsAcquired.ShouldBeTrue();
        said.ShouldHaveSingleItem().ShouldStartWith("No permits for polygon can be had of the database");
    }

    private sealed class Sentences : ConcurrentQueue<string>, ILogger<SharedTokenBucket>
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Enqueue(formatter(state, exception));
    }
}
