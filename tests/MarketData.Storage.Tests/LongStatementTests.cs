using Dapper;
using MarketData.Domain.Candles;
using MarketData.Storage.Candles;
using MarketData.Storage.Symbols;
using MarketData.Testing;

namespace MarketData.Storage.Tests;

/// <summary>What takes long works in portions, each for itself: what was broken off goes on where it was.</summary>
public sealed class LongStatementTests(PostgresServer server) : IAsyncLifetime
{
    private const int Candles = 120_000;
    private TestDatabase _database = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await server.CreateDatabaseAsync(Cancellation);
        await new SymbolStore(_database.DataSource).AddAsync("BTC-USD", "crypto", null, ["1h"], Cancellation);
        await ExecuteAsync(
            """
            INSERT INTO series (symbol, timeframe, first_ts, last_ts, records) VALUES ('BTC-USD', '1h', '2010-01-01', '2010-01-01', 1);
            INSERT INTO candle_sources (name) VALUES ('binance') ON CONFLICT DO NOTHING;
            """);
        await ExecuteAsync(
            $"""
            SELECT ensure_bar_partitions('1h', '2010-01-01', '2024-01-01');
            INSERT INTO bars_1h (series_id, ts, open, high, low, close, volume, source, issues, recorded_at)
            SELECT s.id, '2010-01-01'::timestamptz + n * interval '1 hour', 1, 1, 1, 1, 1, c.id, 0, now()
            FROM series s, candle_sources c, generate_series(0, {Candles - 1}) AS n
            """);
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Retention_that_is_broken_off_keeps_the_portions_that_are_done_and_goes_on()
    {
        var retention = new CandleRetention(_database.DataSource);
        var end = new DateTime(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var told = new List<long>();

        await Should.ThrowAsync<OperationCanceledException>(() => retention.ForgetAsync(BarInterval.OneHour, end, Stop, stop.Token));

        told.ShouldHaveSingleItem().ShouldBeInRange(1, Candles - 1);
        (await CountAsync()).ShouldBe(Candles - told[0]);
        (await retention.ForgetAsync(BarInterval.OneHour, end, (_, soFar) => told.Add(soFar), Cancellation)).ShouldBe(Candles - told[0]);
        told.Count.ShouldBe(3);
        (await CountAsync()).ShouldBe(0);

        void Stop(string symbol, long soFar)
        {
            symbol.ShouldBe("BTC-USD");
            told.Add(soFar);
            stop.Cancel();
        }
    }

    [Fact]
    public async Task A_symbol_with_many_candles_is_purged()
    {
        var purged = await new SymbolStore(_database.DataSource).PurgeAsync("BTC-USD", Cancellation);

        purged.ShouldBe(new PurgeResult(false, Candles));
        (await CountAsync()).ShouldBe(0);
        (await new SymbolStore(_database.DataSource).ReadAsync("BTC-USD", Cancellation)).ShouldBeNull();
    }

    private async Task<long> CountAsync()
    {
        await using var connection = await _database.DataSource.OpenConnectionAsync(Cancellation);
        return await connection.ExecuteScalarAsync<long>("SELECT count(*) FROM bars_1h");
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = await _database.DataSource.OpenConnectionAsync(Cancellation);
        await connection.ExecuteAsync(sql);
    }
}
