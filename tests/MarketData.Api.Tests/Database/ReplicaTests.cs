using System.Net;
using MarketData.Api.Tests.Historical;
using MarketData.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace MarketData.Api.Tests.Database;

/// <summary>Where ranges of candles are read, with a real replica that streams the primary's log.</summary>
public sealed class ReplicaTests
{
    private const string Export = "/api/v1/historical/LONG?timeframe=5m&format=csv";
    private static readonly TimeSpan WaitLimit = TimeSpan.FromMinutes(2);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ranges_are_read_from_the_replica_and_from_the_primary_when_it_lags_or_is_gone()
    {
        await using var primary = await TestPostgres.StartNewAsync(Cancellation);
        await using var atPrimary = NpgsqlDataSource.Create(primary.ConnectionString);
        await GeneratedCandles.WriteAsync(atPrimary, "LONG", 1_000, Cancellation);
        await using var replica = await primary.StartReplicaAsync(Cancellation);
        await using var atReplica = NpgsqlDataSource.Create(replica.ConnectionString);
        await using var patient = await StartAsync(primary, replica, 3_600);
        await using var strict = await StartAsync(primary, replica, 1);
        await BecomesAsync(patient, HealthStatus.Healthy, "behind the primary");
        await BecomesAsync(strict, HealthStatus.Healthy, "behind the primary");

        await ExecuteAsync(atReplica, "SELECT pg_wal_replay_pause()");
        await ExecuteAsync(atPrimary, "UPDATE bars_5m SET close = 777.25 WHERE ts = (SELECT max(ts) FROM bars_5m)");
        await GeneratedCandles.WriteAsync(atPrimary, "FRESH", 300, Cancellation);

        // The one allows an hour: what it reads of a range shows that it reads the replica. A few candles, and what the replica lacks, come from the primary.
        (await TextAsync(patient, Export)).ShouldNotContain("777.25");
        (await TextAsync(patient, "/api/v1/historical/LONG?timeframe=5m&limit=5")).ShouldContain("777.25");
        (await TextAsync(patient, "/api/v1/historical/FRESH?timeframe=5m&format=csv")).Split('\n').Length.ShouldBeGreaterThan(300);
        await BecomesAsync(strict, HealthStatus.Degraded, "Api:ReadReplica:MaxLagSeconds");
        (await TextAsync(strict, Export)).ShouldContain("777.25");
        (await strict.Client.FetchAsync("/health")).StatusCode.ShouldBe(HttpStatusCode.OK);

        await ExecuteAsync(atReplica, "SELECT pg_wal_replay_resume()");
        await BecomesAsync(strict, HealthStatus.Healthy, "behind the primary");
        (await TextAsync(patient, Export)).ShouldContain("777.25");

        await replica.KillAsync();
        (await TextAsync(patient, Export)).ShouldContain("777.25");
        await BecomesAsync(patient, HealthStatus.Degraded, "can't be reached");
        (await TextAsync(patient, Export)).ShouldContain("777.25");
        await replica.StartAsync(Cancellation);
        await BecomesAsync(patient, HealthStatus.Healthy, "behind the primary");
    }

    [Fact]
    public async Task A_replica_that_is_cut_off_from_an_idle_primary_is_seen_to_lag_by_what_comes_then()
    {
        await using var primary = await TestPostgres.StartNewAsync(Cancellation);
        await using var atPrimary = NpgsqlDataSource.Create(primary.ConnectionString);
        await using var replica = await primary.StartReplicaAsync(Cancellation);
        await using var atReplica = NpgsqlDataSource.Create(replica.ConnectionString);
        await using var api = await StartAsync(primary, replica, 2);
        await BecomesAsync(api, HealthStatus.Healthy, "behind the primary");

        // It has replayed all that it knows of, and says so of itself.
        await ExecuteAsync(atReplica, "ALTER SYSTEM SET primary_conninfo = 'host=127.0.0.1 port=1'");
        await ExecuteAsync(atReplica, "SELECT pg_reload_conf()");
        await using var replicating = atPrimary.CreateCommand("SELECT count(*) FROM pg_stat_replication");
        await Eventually.BecomesAsync(async () => await replicating.ExecuteScalarAsync(Cancellation) is 0L, WaitLimit, Cancellation);
        await GeneratedCandles.WriteAsync(atPrimary, "LONG", 300, Cancellation);

        await BecomesAsync(api, HealthStatus.Degraded, "further behind");
    }

    [Fact]
    public async Task After_a_failover_a_replica_lacks_nothing_that_the_new_primary_lacks_too()
    {
        await using var servers = await ReplicatedPostgres.StartNewAsync(Cancellation);
        await using var replica = await servers.Primary.StartReplicaAsync(Cancellation);
        await using (var atReplica = NpgsqlDataSource.Create(replica.ConnectionString))
        {
            var next = new NpgsqlConnectionStringBuilder(servers.Replica.ConnectionString);
            await ExecuteAsync(
                atReplica,
                $"ALTER SYSTEM SET primary_conninfo = 'host={next.Host} port={next.Port} user={next.Username} password={next.Password}'");
            await ExecuteAsync(atReplica, "SELECT pg_reload_conf()");
        }

        await using var api = await ApiApplication.StartAsync(
            servers.ConnectionString, ("ConnectionStrings:marketdata-read", replica.ConnectionString), ("Api:ReadReplica:MaxLagSeconds", "2"));
        await BecomesAsync(api, HealthStatus.Healthy, "behind the primary");

        await servers.StopReplicatingAsync(Cancellation);
        await using (var atPrimary = NpgsqlDataSource.Create(servers.Primary.ConnectionString))
            await GeneratedCandles.WriteAsync(atPrimary, "GONE", 5_000, Cancellation);
        await BecomesAsync(api, HealthStatus.Degraded, "further behind");
        await servers.FailOverAsync(Cancellation);

        await BecomesAsync(api, HealthStatus.Healthy, "behind the primary");
    }

    [Fact]
    public async Task A_server_that_takes_writes_is_no_replica()
    {
        await using var primary = await TestPostgres.StartNewAsync(Cancellation);
        await using var api = await StartAsync(primary, primary, 30);
        await BecomesAsync(api, HealthStatus.Degraded, "takes writes");
    }

    private static Task<ApiApplication> StartAsync(TestPostgres primary, TestPostgres replica, int maxLagSeconds) => ApiApplication.StartAsync(
        primary.ConnectionString, ("ConnectionStrings:marketdata-read", replica.ConnectionString), ("Api:ReadReplica:MaxLagSeconds", $"{maxLagSeconds}"));

    private static async Task<string> TextAsync(ApiApplication api, string path)
    {
        using var answer = await api.Client.FetchAsync(path);
        var text = await answer.Content.ReadAsStringAsync(Cancellation);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return text;
    }

    private static Task BecomesAsync(ApiApplication api, HealthStatus status, string says) => Eventually.BecomesAsync(
        async () =>
        {
            var health = await api.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(check => check.Name == "replica", Cancellation);
            return health.Entries["replica"] is var entry && entry.Status == status && entry.Description!.Contains(says, StringComparison.Ordinal);
        },
        WaitLimit, Cancellation);

    private static async Task ExecuteAsync(NpgsqlDataSource server, string sql)
    {
        await using var command = server.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancellation);
    }
}
