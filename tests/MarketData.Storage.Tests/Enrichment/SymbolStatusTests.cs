using Dapper;
using MarketData.Domain.Quality;
using MarketData.Storage.Enrichment;
using MarketData.Storage.Symbols;
using MarketData.Testing;

namespace MarketData.Storage.Tests.Enrichment;

/// <summary>Symbols are judged when time or a person may have changed the judgement, and read again when something changed.</summary>
public sealed class SymbolStatusTests(PostgresServer server) : IAsyncLifetime
{
    private static readonly QualityThresholds Thresholds = new(0.85, 0.95);

    // A Friday noon; the candle of Tuesday is the newest.
    private static readonly DateTime Now = new(2024, 5, 24, 12, 0, 0, DateTimeKind.Utc);
    private static readonly DateTime Tuesday = new(2024, 5, 21, 0, 0, 0, DateTimeKind.Utc);

    private TestDatabase _database = null!;
    private SymbolStatusStore _status = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await server.CreateDatabaseAsync(Cancellation);
        _status = new SymbolStatusStore(_database.DataSource);
        await AddAsync("AAPL");
        await AddAsync("MSFT");
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task A_symbol_is_judged_again_when_its_next_candles_are_late_and_not_before()
    {
        await _status.JudgeAllAgainAsync(Cancellation);
        (await _status.JudgeDueAsync(Thresholds, Now, Cancellation)).ShouldBe(2);
        (await StatusAsync("AAPL")).ShouldBe("healthy");

        (await _status.JudgeDueAsync(Thresholds, Now.AddHours(7), Cancellation)).ShouldBe(0);
        // The third session after the newest candle closes on Friday, and the fourth, after Memorial Day, on Tuesday.
        (await _status.JudgeDueAsync(Thresholds, Now.AddHours(9), Cancellation)).ShouldBe(2);
        (await StatusAsync("AAPL")).ShouldBe("warning");
        (await _status.JudgeDueAsync(Thresholds, Now.AddDays(3.5), Cancellation)).ShouldBe(0);
        (await _status.JudgeDueAsync(Thresholds, Now.AddDays(4.5), Cancellation)).ShouldBe(2);
        (await StatusAsync("AAPL")).ShouldBe("stale");

        (await _status.JudgeDueAsync(Thresholds, Now.AddYears(1), Cancellation)).ShouldBe(0);
    }

    [Fact]
    public async Task A_symbol_that_is_changed_is_judged_again()
    {
        await _status.JudgeAllAgainAsync(Cancellation);
        await _status.JudgeDueAsync(Thresholds, Now, Cancellation);

        await new SymbolStore(_database.DataSource).ChangeAsync("AAPL", "Apple", null, null, Cancellation);

        (await _status.JudgeDueAsync(Thresholds, Now, Cancellation)).ShouldBe(1);
    }

    [Fact]
    public async Task The_age_of_data_counts_from_the_close_of_the_newest_candle()
    {
        await _status.JudgeAllAgainAsync(Cancellation);
        await _status.JudgeDueAsync(Thresholds, Now, Cancellation);

        await using var connection = await _database.DataSource.OpenConnectionAsync(Cancellation);
        var closed = await connection.ExecuteScalarAsync<DateTime>(
            "SELECT now() - make_interval(secs => data_age_seconds) FROM enrichment_status WHERE symbol = 'AAPL'");

        closed.ShouldBe(new DateTime(2024, 5, 21, 20, 0, 0, DateTimeKind.Utc), TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task The_gauges_follow_series_that_change_and_symbols_that_go()
    {
        var cluster = new ClusterReader(_database.DataSource);
        (await cluster.ReadAsync(Cancellation)).Series.Select(series => series.QualityScore).ShouldBe([1, 1]);

        await ExecuteAsync("UPDATE series SET quality_score = 0.5, updated_at = now() WHERE symbol = 'AAPL'");
        (await cluster.ReadAsync(Cancellation)).Series.ToDictionary(series => series.Symbol, series => series.QualityScore)
            .ShouldBe(new Dictionary<string, double?> { ["AAPL"] = 0.5, ["MSFT"] = 1 }, ignoreOrder: true);

        await new SymbolStore(_database.DataSource).ChangeAsync("AAPL", null, false, null, Cancellation);
        (await cluster.ReadAsync(Cancellation)).Series.Select(series => series.Symbol).ShouldBe(["MSFT"]);

        await new SymbolStore(_database.DataSource).PurgeAsync("MSFT", Cancellation);
        (await cluster.ReadAsync(Cancellation)).Series.ShouldBeEmpty();
    }

    private async Task AddAsync(string symbol)
    {
        await new SymbolStore(_database.DataSource).AddAsync(symbol, "stock", null, ["1d"], Cancellation);
        await ExecuteAsync(
            """
            INSERT INTO series (symbol, timeframe, first_ts, last_ts, records, quality_score, completeness, validation_rate)
            VALUES (@symbol, '1d', @Tuesday, @Tuesday, 1, 1, 1, 1);
            UPDATE enrichment_status SET status = 'healthy', health = 'healthy' WHERE symbol = @symbol
            """,
            new { symbol, Tuesday });
    }

    private async Task<string?> StatusAsync(string symbol)
    {
        await using var connection = await _database.DataSource.OpenConnectionAsync(Cancellation);
        return await connection.ExecuteScalarAsync<string>("SELECT status FROM enrichment_status WHERE symbol = @symbol", new { symbol });
    }

    private async Task ExecuteAsync(string sql, object? arguments = null)
    {
        await using var connection = await _database.DataSource.OpenConnectionAsync(Cancellation);
        await connection.ExecuteAsync(sql, arguments);
    }
}
