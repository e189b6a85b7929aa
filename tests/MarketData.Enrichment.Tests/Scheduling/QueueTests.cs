using Dapper;
using MarketData.Enrichment.Scheduling;
using MarketData.Storage.Enrichment;
using MarketData.Testing;
using Npgsql;

namespace MarketData.Enrichment.Tests.Scheduling;

/// <summary>A database of the test's own with a few symbols, and the stores that nodes and the API use on it.</summary>
public abstract class QueueTests(PostgresServer server) : IAsyncLifetime
{
    protected static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);

    private TestDatabase? _database;

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected NpgsqlDataSource Database => _database!.DataSource;

    protected string ConnectionString => _database!.ConnectionString;

    protected RunStore Runs => new(Database);

    protected JobStore Jobs => new(Database);

    protected ScheduleStore Schedules => new(Database, CronSchedule.Next);

    protected SchedulerStore Scheduler => new(Database);

    public async ValueTask InitializeAsync()
    {
        _database = await server.CreateDatabaseAsync(Cancellation);
        await TrackAsync("AAPL", "MSFT", "SPY");
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_database is not null)
            await _database.DisposeAsync();
    }

    protected async Task TrackAsync(params string[] symbols)
    {
        foreach (var symbol in symbols)
            await ExecuteAsync("INSERT INTO symbols (symbol, asset_class, timeframes) VALUES (@symbol, 'stock', '{1d,1h}')", new { symbol });
    }

    protected Task<RunTicket> TriggerAsync(params string[] symbols) =>
        Runs.CreateAsync(new RunRequest { Trigger = RunTrigger.Manual, Symbols = symbols.Length == 0 ? null : symbols }, Cancellation);

    protected async Task<ClaimedJob> ClaimAsync(string node = "node-a", TimeSpan? lease = null) =>
        (await Jobs.ClaimAsync(node, lease ?? Lease, 4, Cancellation)).ShouldNotBeNull();

    protected async Task SucceedAsync(ClaimedJob job) =>
        (await Jobs.CompleteAsync(job.Fence, job.Timeframes, [], Cancellation)).IsDone.ShouldBeTrue();

    protected async Task ExecuteAsync(string sql, object? arguments = null)
    {
        await using var connection = await Database.OpenConnectionAsync(Cancellation);
        await connection.ExecuteAsync(sql, arguments);
    }

    protected async Task<T?> ScalarAsync<T>(string sql, object? arguments = null)
    {
        await using var connection = await Database.OpenConnectionAsync(Cancellation);
        return await connection.ExecuteScalarAsync<T>(sql, arguments);
    }
}
