using Dapper;
using MarketData.Storage.Schema;
using MarketData.Storage.Writes;
using MarketData.Testing;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace MarketData.Storage.Tests.Writes;

/// <summary>A database that answers and can't be written to is known within seconds, by name, and so is that it can again.</summary>
public sealed class DatabaseWritesTests
{
    private static readonly TimeSpan WaitLimit = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_database_made_read_only_is_called_that_until_it_is_not()
    {
        await using var postgres = await TestPostgres.StartNewAsync(Cancellation);
        await using var source = NpgsqlDataSource.Create(postgres.ConnectionString);
        using var writes = await StartAsync(source);
        (await HealthAsync(writes)).Status.ShouldBe(HealthStatus.Healthy);

        await ExecuteAsync(source, "ALTER SYSTEM SET default_transaction_read_only = on");
        await ExecuteAsync(source, "SELECT pg_reload_conf()");
        await BecomesAsync(writes, "read_only");
        var health = await HealthAsync(writes);
        await ExecuteAsync(source, "ALTER SYSTEM RESET default_transaction_read_only");
        await ExecuteAsync(source, "SELECT pg_reload_conf()");
        await BecomesAsync(writes, null);

        health.Status.ShouldBe(HealthStatus.Degraded);
        health.Description.ShouldNotBeNull().ShouldStartWith("The database is read-only. ");
        await writes.StopAsync(Cancellation);
    }

    [Fact]
    public async Task A_replica_in_the_place_of_the_primary_is_read_only_too()
    {
        await using var postgres = await TestPostgres.StartNewAsync(Cancellation);
        await using var replica = await postgres.StartReplicaAsync(Cancellation);
        await using var source = NpgsqlDataSource.Create(replica.ConnectionString);
        using var writes = await StartAsync(source);

        await BecomesAsync(writes, "read_only");

        await writes.StopAsync(Cancellation);
    }

    [Fact]
    public async Task A_server_whose_programs_were_changed_under_it_is_told_of_though_it_reads()
    {
        await using var postgres = await TestPostgres.StartNewAsync(Cancellation);
        await using var source = NpgsqlDataSource.Create(postgres.ConnectionString);
        using var writes = await StartAsync(source);
        await BecomesAsync(writes, null);

        const string lead = "UPDATE pg_proc SET probin = '$libdir/{0}' WHERE proname IN ('plpgsql_call_handler', 'plpgsql_inline_handler')";
        await ExecuteAsync(source, lead.Replace("{0}", "gone", StringComparison.Ordinal));
        await BecomesAsync(writes, "upgraded");
        writes.Trouble.ShouldNotBeNull().Detail.ShouldNotBeNull().ShouldContain("gone");
        await ExecuteAsync(source, "SELECT 1");
        await ExecuteAsync(source, lead.Replace("{0}", "plpgsql", StringComparison.Ordinal));

        await BecomesAsync(writes, null);
        await writes.StopAsync(Cancellation);
    }

    [Fact]
    public async Task A_database_that_stops_and_starts_is_told_of_and_found_again()
    {
        await using var postgres = await TestPostgres.StartNewAsync(Cancellation);
        await using var source = NpgsqlDataSource.Create(postgres.ConnectionString);
        using var writes = await StartAsync(source);
        await BecomesAsync(writes, null);

        await postgres.StopAsync();
        await Eventually.BecomesAsync(() => writes.Trouble is { Kind: "unreachable" or "restarting" }, WaitLimit, Cancellation);
        await postgres.StartAsync(Cancellation);

        await BecomesAsync(writes, null);
        await writes.StopAsync(Cancellation);
    }

    [Fact]
    public async Task A_full_disk_is_called_that_until_there_is_room()
    {
        Assert.SkipUnless(SmallDisk.IsPossible, SmallDisk.Impossible);
        await using var postgres = await TestPostgres.StartNewAsync(Cancellation);
        await using var disk = await SmallDisk.MountAsync(megabytes: 96, Cancellation);
        await using var source = NpgsqlDataSource.Create(await disk.CreateDatabaseAsync(postgres, Cancellation));
        using var writes = await StartAsync(source);
        (await HealthAsync(writes)).Status.ShouldBe(HealthStatus.Healthy);

        disk.Fill();
        await BecomesAsync(writes, "disk_full");
        var health = await HealthAsync(writes);
        disk.Free();
        await BecomesAsync(writes, null);

        health.Description.ShouldNotBeNull().ShouldStartWith("The disk of the database is full. ");
        await writes.StopAsync(Cancellation);
    }

    private static async Task<DatabaseWrites> StartAsync(NpgsqlDataSource source)
    {
        var schema = new SchemaReadiness();
        schema.SetReady();
        var writes = new DatabaseWrites(source, schema, TimeProvider.System, NullLogger<DatabaseWrites>.Instance);
        await writes.StartAsync(Cancellation);
        return writes;
    }

    private static Task BecomesAsync(DatabaseWrites writes, string? kind) =>
        Eventually.BecomesAsync(() => writes.Trouble?.Kind == kind, WaitLimit, Cancellation);

    private static Task<HealthCheckResult> HealthAsync(DatabaseWrites writes) => writes.CheckHealthAsync(
        new HealthCheckContext { Registration = new HealthCheckRegistration("writes", writes, HealthStatus.Degraded, []) }, Cancellation);

    private static async Task ExecuteAsync(NpgsqlDataSource source, string sql)
    {
        await using var connection = await source.OpenConnectionAsync(Cancellation);
        await connection.ExecuteAsync(sql);
    }
}
