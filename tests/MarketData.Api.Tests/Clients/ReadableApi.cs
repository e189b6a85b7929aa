using MarketData.Domain.Candles;
using MarketData.Domain.Validation;
using MarketData.Storage.Candles;
using MarketData.Storage.Keys;
using MarketData.Testing;

namespace MarketData.Api.Tests.Clients;

/// <summary>An API that wants a key for reading, over the symbols that the documentation's examples name.</summary>
public sealed class ReadableApi(PostgresServer server) : IAsyncLifetime
{
    private static readonly DateTime FirstDay = new(2023, 6, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>Its database.</summary>
    public TestDatabase Database { get; private set; } = null!;

    /// <summary>Calls it with a key.</summary>
    public HttpClient Client { get; private set; } = null!;

    /// <summary>The key: it may read.</summary>
    public string Key { get; private set; } = "";

    /// <summary>Its address, without a slash at the end.</summary>
    public string Address => Client.BaseAddress!.ToString().TrimEnd('/');

    private ApiApplication Api { get; set; } = null!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        Database = await server.CreateDatabaseAsync();
        await WriteAsync("AAPL", AssetClass.Stock, BarInterval.OneDay, 400, 170.25);
        await WriteAsync("MSFT", AssetClass.Stock, BarInterval.OneDay, 390, 330.5);
        await WriteAsync("SPY", AssetClass.Etf, BarInterval.OneDay, 380, 420.0625);
        await WriteAsync("BTC-USD", AssetClass.Crypto, BarInterval.OneHour, 6_000, 1.0 / 3);
        Api = await ApiApplication.StartAsync(Database.ConnectionString, ("Api:RequireKeyForReads", "true"));
        Key = await KeyAsync("read", null);
        Client = Api.With(Key);
    }

    /// <summary>Makes a key.</summary>
    public async Task<string> KeyAsync(string scope, int? requestsPerMinute) => (await new KeyStore(Database.DataSource).CreateAsync(
        new($"a reader that may {scope}", [scope], requestsPerMinute), new Actor("test", null), TestContext.Current.CancellationToken)).Secret;

    /// <summary>What is stored, by plain SQL: instant and close.</summary>
    /// <param name="where">A condition on the view <c>candles</c>.</param>
    public async Task<IReadOnlyList<(DateTime Timestamp, double Close)>> StoredAsync(string where)
    {
        await using var command = Database.DataSource.CreateCommand($"SELECT ts, close FROM candles WHERE {where} ORDER BY symbol COLLATE \"C\", ts");
        await using var rows = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var stored = new List<(DateTime, double)>();
        while (await rows.ReadAsync(TestContext.Current.CancellationToken))
            stored.Add((rows.GetDateTime(0), rows.GetDouble(1)));
        return stored;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        if (Api is not null)
            await Api.DisposeAsync();
        await Database.DisposeAsync();
    }

    // Weekdays of shares, every hour of crypto.
    private async Task WriteAsync(string name, AssetClass assetClass, BarInterval interval, int count, double price)
    {
        await using var command = Database.DataSource.CreateCommand("INSERT INTO symbols (symbol, asset_class, timeframes) VALUES ($1, $2, ARRAY[$3])");
        foreach (var value in (string[])[name, assetClass.Name(), interval.Name()])
            command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        var instants = Enumerable.Range(0, 2 * count).Select(i => FirstDay + (i * interval.Length()))
            .Where(instant => assetClass == AssetClass.Crypto || instant.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday)).Take(count);
        var candles = instants.Select((instant, i) => Candle(instant, price * (1 + Math.Sin(i) / 50))).ToArray();
        await new SeriesWriter(Database.DataSource).WriteAsync(
            new SeriesWrite { Instrument = new(Symbol.Parse(name), assetClass), Interval = interval, Source = "test", Candles = candles },
            TestContext.Current.CancellationToken);
    }

    private static StoredCandle Candle(DateTime instant, double close) => new(
        new Candle { Timestamp = instant, Open = close, High = close * 1.01, Low = close * 0.99, Close = close, Volume = 1_000 }, "test", CandleIssues.None, 1);
}
