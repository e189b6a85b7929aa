using System.Text.RegularExpressions;
using Dapper;
using MarketData.Storage.Dashboard;
using MarketData.Storage.Enrichment;
using MarketData.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace MarketData.Storage.Tests.Enrichment;

public sealed class ProviderStateTests(PostgresServer server) : IAsyncLifetime
{
    private static readonly DateTime Reported = new(2026, 3, 2, 1, 30, 0, 250, DateTimeKind.Utc);

    private static readonly ProviderState Open = new()
    {
        Resilience = new ProviderResilience
        {
            Provider = "polygon",
            Node = "node-a",
            NodeAlive = true,
            CircuitState = "open",
            OpenedAt = Reported.AddSeconds(-10),
            RetryAt = Reported.AddSeconds(50),
            FailureRatio = 0.6,
            RateLimit = new RateLimitState { LimitPerMinute = 100, Burst = 150, Available = 41.5, Queued = 2, RejectionsTotal = 3 },
            Bulkhead = new BulkheadState { Limit = 10, Active = 4, Queued = 5, RejectionsTotal = 6 },
            RetriesTotal = 7,
            CallsTotal = 80,
            ErrorsTotal = 9,
            UpdatedAt = Reported,
        },
        LastSuccessAt = Reported.AddMinutes(-1),
        LastError = "failed: HTTP 500",
        LastErrorAt = Reported.AddSeconds(-10),
    };

    private TestDatabase _database = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await server.CreateDatabaseAsync(Cancellation);

    public async ValueTask DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task What_a_node_says_is_what_is_read_but_for_when_and_whether_it_lives()
    {
        await SaveAsync(Open with { LastError = "before" });
        await SaveAsync(Open);

        var read = await ReadAsync();

        read.Resilience.NodeAlive.ShouldBeFalse();
        read.Resilience.UpdatedAt.ShouldBe(await ScalarAsync<DateTime>("SELECT updated_at FROM provider_state"));
        read.Resilience.UpdatedAt.Kind.ShouldBe(DateTimeKind.Utc);
        AsReported(read).ShouldBe(Open);
    }

    [Fact]
    public async Task A_live_nodes_word_is_marked_so()
    {
        await new NodeRegistry(_database.DataSource).EnterAsync(new NodeEntry("node-a", "host", 1, "1.0", 5), Cancellation);
        await SaveAsync(Open with { Resilience = Open.Resilience with { NodeAlive = false } });

        (await ReadAsync()).Resilience.NodeAlive.ShouldBeTrue();
    }

    [Fact]
    public async Task A_verdict_of_a_newer_version_is_read_as_a_failure_and_its_words_are_kept()
    {
        await ExecuteAsync("""
            INSERT INTO provider_check (node, checked_at, providers) VALUES ('node-b', now(),
                '[{"provider": "polygon", "verdict": "sold_out", "isEnabled": true, "message": "It is sold out."},
                  {"provider": "binance", "verdict": "works", "isEnabled": true, "message": "It works."}]');
            """);

        var check = (await new HealthReader(_database.DataSource).ReadAsync(Cancellation)).ProviderCheck.ShouldNotBeNull();

        check.Providers.Select(provider => (provider.Verdict, provider.Message))
            .ShouldBe([(ProviderVerdict.Failed, "It is sold out."), (ProviderVerdict.Works, "It works.")]);
    }

    [Fact]
    public async Task A_state_in_columns_becomes_a_document()
    {
        var old = Regex.Match(await ScriptAsync("0002_enrichment.sql"), @"CREATE TABLE provider_state \(.*?\n\);", RegexOptions.Singleline).Value;
        await ExecuteAsync($"""
            DROP TABLE provider_state;
            {old}
            DELETE FROM schema_versions WHERE scriptname LIKE '%provider_state.sql';
            SET timezone = 'Asia/Kolkata';
            INSERT INTO provider_state VALUES ('polygon', 'node-a', true, 'open', '2026-03-02 01:29:50.25Z', '2026-03-02 01:30:50.25Z', 0.6, 100, 150,
                41.5, 2, 3, 10, 4, 5, 6, 7, 80, 9, 'failed: HTTP 500', '2026-03-02 01:29:50.25Z', '2026-03-02 01:29:00.25Z', now());
            INSERT INTO provider_state (provider, node_id, limit_per_minute, burst, permits_available, bulkhead_limit)
                VALUES ('yahoo', 'node-a', 100, 150, 150, 10);
            """);

        await new DatabaseMigrator(NullLogger<DatabaseMigrator>.Instance, TimeProvider.System).MigrateAsync(_database.ConnectionString, Cancellation);

        var states = (await new HealthReader(_database.DataSource).ReadAsync(Cancellation)).Providers;
        AsReported(states[0]).ShouldBe(Open);
        states[1].Resilience.CircuitState.ShouldBe("closed");
        (states[1].Resilience.OpenedAt, states[1].LastError, states[1].LastSuccessAt).ShouldBe((null, null, null));
        await SaveAsync(Open);
    }

    private static ProviderState AsReported(ProviderState read) => read with { Resilience = read.Resilience with { NodeAlive = true, UpdatedAt = Reported } };

    private Task SaveAsync(ProviderState state) => new ProviderStateStore(_database.DataSource).SaveAsync(state, Cancellation);

    private async Task<ProviderState> ReadAsync() => (await new HealthReader(_database.DataSource).ReadAsync(Cancellation)).Providers.ShouldHaveSingleItem();

    private static async Task<string> ScriptAsync(string name)
    {
        var assembly = typeof(DatabaseMigrator).Assembly;
        var embedded = assembly.GetManifestResourceNames().Single(resource => resource.EndsWith(name, StringComparison.Ordinal));
        using var script = new StreamReader(assembly.GetManifestResourceStream(embedded)!);
        return await script.ReadToEndAsync(Cancellation);
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = await _database.DataSource.OpenConnectionAsync(Cancellation);
        await connection.ExecuteAsync(sql);
    }

    private async Task<T?> ScalarAsync<T>(string sql)
    {
        await using var connection = await _database.DataSource.OpenConnectionAsync(Cancellation);
        return await connection.ExecuteScalarAsync<T>(sql);
    }
}
