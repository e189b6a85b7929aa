using Dapper;
using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using MarketData.Domain.Validation;
using MarketData.Storage.Candles;
using MarketData.Storage.Enrichment;
using MarketData.Storage.Events;
using MarketData.Storage.Writes;
using MarketData.Testing;
using Npgsql;

namespace MarketData.Storage.Tests.Failover;

/// <summary>
/// A database that has failed over to a replica which lacks the last transactions, and what a node and an Api had learnt before: some of it from
/// transactions that the replica has, some of it from those that are gone.
/// </summary>
public sealed class FailedOverDatabase : IAsyncLifetime
{
    private static readonly DateTime Start = new(2024, 1, 2, 5, 0, 0, DateTimeKind.Utc);
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(10);

    private ReplicatedPostgres? _servers;

    internal NpgsqlDataSource Database { get; private set; } = null!;

    internal JobStore Jobs => new(Database);

    internal ProviderQuotaStore Quota => new(Database);

    /// <summary>AAPL's, made before, of which the replica has the first portion.</summary>
    internal ClaimedJob Kept { get; private set; } = null!;

    /// <summary>MSFT's, made before.</summary>
    internal ClaimedJob KeptToo { get; private set; } = null!;

    /// <summary>SPY's, of which the replica does not know.</summary>
    internal ClaimedJob Gone { get; private set; } = null!;

    /// <summary>SPY's, made afterwards by another node.</summary>
    internal ClaimedJob Again { get; private set; } = null!;

    /// <summary>How far a listener had read before.</summary>
    internal EventPosition Heard { get; private set; } = null!;

    /// <summary>The last heartbeat of node-a that the primary confirmed.</summary>
    internal Heartbeat Confirmed { get; private set; } = null!;

    /// <summary>What was said of the database while no server took writes.</summary>
    internal DatabaseTrouble? Meanwhile { get; private set; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        _servers = await ReplicatedPostgres.StartNewAsync(Cancellation);
        Database = NpgsqlDataSource.Create(_servers.ConnectionString);
        foreach (var symbol in (string[])["AAPL", "MSFT", "SPY"])
            await ExecuteAsync("INSERT INTO symbols (symbol, asset_class, timeframes) VALUES (@symbol, 'stock', '{1d}')", new { symbol });
        await new RunStore(Database).CreateAsync(new RunRequest { Trigger = RunTrigger.Manual }, Cancellation);
        await new NodeRegistry(Database).EnterAsync(Node("node-a"), Cancellation);
        (Kept, KeptToo) = (await ClaimAsync("node-a"), await ClaimAsync("node-a"));
        await WriteAsync("AAPL", 0, 12, "polygon", Kept.Fence);
        await Quota.TakeAsync("polygon", 10, 60, 100, Cancellation);

        await _servers.StopReplicatingAsync(Cancellation);
        await WriteAsync("AAPL", 12, 24, "coinbase", Kept.Fence);
        await Quota.TakeAsync("polygon", 80, 60, 100, Cancellation);
        Gone = await ClaimAsync("node-a");
        await new NodeRegistry(Database).EnterAsync(Node("node-b"), Cancellation);
        Confirmed = await BeatAsync("node-a");
        Heard = await new EventReader(Database).ReadPositionAsync(Cancellation);

        await _servers.Primary.KillAsync();
        Meanwhile = await TroubleAsync();
        await _servers.PromoteAsync(Cancellation);
        await Eventually.BecomesAsync(IsBackAsync, TimeSpan.FromSeconds(30), Cancellation);
        Again = await ClaimAsync("node-b");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        await _servers!.DisposeAsync();
    }

    internal Task<WriteResult> WriteAsync(string symbol, int from, int to, string source, JobFence? fence) =>
        new SeriesWriter(Database).WriteAsync(Write(symbol, from, to, source, fence), Cancellation);

    internal static SeriesWrite Write(string symbol, int from, int to, string source, JobFence? fence) => new()
    {
        Instrument = new Instrument(Symbol.Parse(symbol), AssetClass.Stock),
        Interval = BarInterval.OneDay,
        Source = source,
        Fence = fence,
        Candles = Daily(source).AsMemory(from..to),
    };

    internal async Task<Heartbeat> BeatAsync(string node)
    {
        await using var connection = await Database.OpenConnectionAsync(Cancellation);
        return await NodeRegistry.BeatAsync(connection, Node(node), 0, Cancellation);
    }

    internal async Task<T?> ScalarAsync<T>(string sql, object? arguments = null)
    {
        await using var connection = await Database.OpenConnectionAsync(Cancellation);
        return await connection.ExecuteScalarAsync<T>(sql, arguments);
    }

    internal async Task ExecuteAsync(string sql, object? arguments = null)
    {
        await using var connection = await Database.OpenConnectionAsync(Cancellation);
        await connection.ExecuteAsync(sql, arguments);
    }

    private static NodeEntry Node(string name) => new(name, "host", 1, "1", 5);

    private async Task<ClaimedJob> ClaimAsync(string node) => (await Jobs.ClaimAsync(node, Lease, 4, Cancellation)).ShouldNotBeNull();

    // Connections that the pool has kept break one after another, with what the dying server said.
    private async Task<DatabaseTrouble?> TroubleAsync()
    {
        while (true)
        {
            var thrown = await Should.ThrowAsync<NpgsqlException>(() => ExecuteAsync("SELECT 1"));
            if (DatabaseTrouble.Of(thrown) is not { Kind: "restarting" or "unreachable" } and var trouble)
                return trouble;
            Cancellation.ThrowIfCancellationRequested();
        }
    }

    private async Task<bool> IsBackAsync()
    {
        try
        {
            return await ScalarAsync<bool>("SELECT NOT pg_is_in_recovery()");
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private static StoredCandle[] Daily(string source) =>
    [
        .. TradingCalendar.UsEquities.Expected(Start, Start.AddYears(1), BarInterval.OneDay).Take(36).Select((instant, i) => new StoredCandle(
            new Candle { Timestamp = instant, Open = 100 + i, High = 102.5 + i, Low = 99.1 + i, Close = 101.7 + i, Volume = 1e6 + i },
            source, CandleIssues.None, 1)),
    ];
}
