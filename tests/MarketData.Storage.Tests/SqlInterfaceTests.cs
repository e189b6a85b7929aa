using Dapper;
using MarketData.Domain.Adjustments;
using MarketData.Domain.Candles;
using MarketData.Domain.Validation;
using MarketData.Storage.Candles;
using MarketData.Storage.Symbols;
using MarketData.Testing;
using Npgsql;

namespace MarketData.Storage.Tests;

/// <summary>What docs/sql.md promises to people, Grafana and psql, as the role that may do no more than read.</summary>
public sealed class SqlInterfaceTests(PostgresServer server) : IAsyncLifetime
{
    private const int Days = 300;
    private static readonly Instrument Apple = new(Symbol.Parse("AAPL"), AssetClass.Stock);
    private static readonly DateTime Start = new(2023, 1, 2, 0, 0, 0, DateTimeKind.Utc);

    // Roles are the server's, which other tests share.
    private readonly string _role = $"reader_{Guid.CreateVersion7():N}";
    private TestDatabase _database = null!;
    private NpgsqlDataSource _reading = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await server.CreateDatabaseAsync(Cancellation);
        await new SymbolStore(_database.DataSource).AddAsync("AAPL", "stock", null, ["1d"], Cancellation);
        await new CorporateActionStore(_database.DataSource).ApplyAsync(
            Apple.Symbol,
            [(new StockSplit(Day(120), 1, 4), "polygon"), (new StockSplit(Day(200), 3, 2), "polygon")],
            [
                (new CashDividend(Day(60), 1.25, "USD"), "polygon"), (new CashDividend(Day(200), 0.5, "USD"), "polygon"),
                (new CashDividend(Day(250), 0.7, "USD"), "polygon"),
            ],
            Cancellation);
        await new SeriesWriter(_database.DataSource).WriteAsync(
            new SeriesWrite { Instrument = Apple, Interval = BarInterval.OneDay, Source = "polygon", Candles = Candles() }, Cancellation);
        await new FeatureStore(_database.DataSource).CatchUpAsync(Apple, BarInterval.OneDay, null, null, Cancellation);
        await new ReadOnlyRole(_database.DataSource).GrantAsync(_role, "a 'quoted' password", Cancellation);
        _reading = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(_database.ConnectionString)
        {
            Username = _role,
            Password = "a 'quoted' password",
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _reading.DisposeAsync();
        await using (var command = _database.DataSource.CreateCommand($"DROP OWNED BY {_role}; DROP ROLE {_role}"))
            await command.ExecuteNonQueryAsync(CancellationToken.None);
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Every_statement_of_the_page_gives_the_role_its_rows()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(AppHostProcess.RepositoryRoot(), "docs", "sql.md"), Cancellation);
        var statements = page.Split("```sql")[1].Split("```")[0]
            .Replace("$__timeFilter(ts)", "ts > '2023-02-01'", StringComparison.Ordinal)
            .Replace("$symbol", "AAPL", StringComparison.Ordinal)
            .Replace("2024-01-01", "2023-02-01", StringComparison.Ordinal)
            .Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        statements.Length.ShouldBeGreaterThan(4);
        await using var connection = await _reading.OpenConnectionAsync(Cancellation);
        foreach (var statement in statements)
        {
            var rows = await connection.QueryAsync(statement);
            if (!statement.Contains("WHERE completeness", StringComparison.Ordinal) && !statement.Contains("rsi_14 < 30", StringComparison.Ordinal))
                rows.ShouldNotBeEmpty(statement);
        }

        foreach (var name in page.Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)).SelectMany(Names))
            await connection.ExecuteAsync($"SELECT * FROM {name}");
    }

    [Fact]
    public async Task The_role_writes_nothing_and_sees_no_secrets()
    {
        await using var connection = await _reading.OpenConnectionAsync(Cancellation);
        foreach (var refused in (string[])["SELECT * FROM api_keys", "DELETE FROM bars_1d", "UPDATE series SET records = 0", "CREATE TABLE mine (a int)"])
        {
            (await Should.ThrowAsync<PostgresException>(() => connection.ExecuteAsync(refused))).SqlState
                .ShouldBe(PostgresErrorCodes.InsufficientPrivilege, refused);
        }
    }

    [Fact]
    public async Task A_role_that_may_do_more_is_left_alone_and_named()
    {
        var name = new NpgsqlConnectionStringBuilder(_database.ConnectionString).Username!;
        var refused = await Should.ThrowAsync<InvalidOperationException>(
            () => new ReadOnlyRole(_database.DataSource).GrantAsync(name, "another", Cancellation));
        refused.Message.ShouldContain($"Storage:ReadOnlyRole: the role {name} cannot be set up");
        // Asked for again, as by every start, what is there stays.
        await new ReadOnlyRole(_database.DataSource).GrantAsync(_role, null, Cancellation);
        await using var connection = await _reading.OpenConnectionAsync(Cancellation);
        (await connection.ExecuteScalarAsync<int>("SELECT 1")).ShouldBe(1);
    }

    [Fact]
    public async Task Adjusted_candles_are_those_of_the_API()
    {
        var reader = new CandleReader(_database.DataSource);
        var series = (await reader.FindAsync(Apple.Symbol, BarInterval.OneDay, Cancellation)).ShouldNotBeNull();
        var expected = new List<Candle>();
        await foreach (var batch in reader.StreamAsync(
            new CandleQuery { Instrument = Apple, Interval = BarInterval.OneDay, Adjusted = true }, series, 100, Cancellation))
            expected.AddRange(batch.Candles());
        await using var connection = await _reading.OpenConnectionAsync(Cancellation);
        var rows = (await connection.QueryAsync<(DateTime Ts, double Open, double High, double Low, double Close, double Volume)>(
            "SELECT ts, open, high, low, close, volume FROM adjusted_candles WHERE symbol = 'AAPL' AND timeframe = '1d' ORDER BY ts")).AsList();

        rows.Count.ShouldBe(Days);
        foreach (var (row, candle) in rows.Zip(expected))
        {
            row.Ts.ShouldBe(candle.Timestamp);
            foreach (var (value, wanted) in new[]
                { (row.Open, candle.Open), (row.High, candle.High), (row.Low, candle.Low), (row.Close, candle.Close), (row.Volume, candle.Volume) })
                value.ShouldBe(wanted, Math.Abs(wanted) * 1e-12);
        }

        rows[0].Close.ShouldNotBe(Candles()[0].Candle.Close);
    }

    [Fact]
    public async Task The_newest_features_are_one_row_of_each_series()
    {
        await using var connection = await _reading.OpenConnectionAsync(Cancellation);
        var row = await connection.QuerySingleAsync<(DateTime Ts, double Mean)>("SELECT ts, sma_20 FROM latest_features WHERE timeframe = '1d'");
        var closes = await connection.QueryAsync<double>(
            "SELECT close FROM adjusted_candles WHERE symbol = 'AAPL' AND timeframe = '1d' ORDER BY ts DESC LIMIT 20");
        row.Ts.ShouldBe(Start.AddDays(Days - 1));
        row.Mean.ShouldBe(closes.Average(), 1e-9);
    }

    private static IEnumerable<string> Names(string row) => row.Split('|')[1].Split(',').Select(name => name.Trim().Trim('`'));

    private static DateOnly Day(int day) => DateOnly.FromDateTime(Start.AddDays(day));

    private static StoredCandle[] Candles() =>
    [
        .. Enumerable.Range(0, Days).Select(day => new StoredCandle(
            new Candle
            {
                Timestamp = Start.AddDays(day),
                Open = 100 + day % 7,
                High = 110 + day % 11,
                Low = 95 - day % 5,
                Close = 101 + day % 9,
                Volume = 1000 + day,
            },
            "polygon",
            day % 50 == 3 ? CandleIssues.VolumeAnomaly : CandleIssues.None,
            day % 50 == 3 ? 0.85 : 1)),
    ];
}
