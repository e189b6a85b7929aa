using MarketData.Api.Tests.Enrichment;
using MarketData.Domain.Candles;
using MarketData.Storage.Imports;
using MarketData.Testing;

namespace MarketData.Api.Tests.Imports;

/// <summary>Imports from the command line: files, and the predecessor's tables as its own migrations make them.</summary>
public sealed class ImportCommandTests(ApiFixture fixture, PostgresServer server) : IClassFixture<ApiFixture>
{
    private const string Tables = """
        CREATE TABLE market_data (
            id bigserial PRIMARY KEY, time timestamptz NOT NULL, symbol varchar(20) NOT NULL, timeframe varchar(10) DEFAULT '1d',
            open numeric(19,8) NOT NULL, high numeric(19,8) NOT NULL, low numeric(19,8) NOT NULL, close numeric(19,8) NOT NULL, volume bigint NOT NULL,
            source varchar(20) DEFAULT 'polygon', validated boolean DEFAULT false, UNIQUE (symbol, timeframe, time));
        CREATE TABLE market_data_v2 (
            id bigserial PRIMARY KEY, symbol varchar(20) NOT NULL, asset_class varchar(10) NOT NULL, timeframe varchar(10) NOT NULL,
            timestamp timestamptz NOT NULL, open numeric(19,10), high numeric(19,10), low numeric(19,10), close numeric(19,10), volume bigint,
            open_interest numeric(19,8), funding_rate numeric(11,8), liquidations_long numeric(19,8), liquidations_short numeric(19,8),
            taker_buy_volume numeric(19,8), taker_sell_volume numeric(19,8), source varchar(20), revision int DEFAULT 1,
            UNIQUE (symbol, asset_class, timeframe, timestamp, revision));
        INSERT INTO market_data (time, symbol, open, high, low, close, volume) VALUES
            ('2024-01-02 05:00Z', 'OLD', 187.15, 188.44, 183.89, 185.64, 82488700), ('2024-07-02 04:00Z', 'OLD', 216.15, 220.38, 215.1, 220.27, 58046200),
            ('2024-01-02 05:00Z', 'ELSEWHERE', 1, 1, 1, 1, 1);
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Files_are_brought_listed_and_undone_without_the_api()
    {
        await fixture.Database.TrackAsync("FILE");
        var file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".csv");
        await File.WriteAllTextAsync(file, "Date,Open,High,Low,Close,Volume\n2024-01-02,10,12,9,11,5\n2024-01-03,10,12,9,abc,5\n", Cancellation);
        try
        {
            string[] said = ["--name=from-file", "--adjustment", "none", "--symbol=FILE", "--timeframe=1d"];
            var looked = await RunAsync(["import", file, .. said, "--dry_run=true"]);
            looked.Code.ShouldBe(0, looked.Error);
            looked.Output.ShouldContain("2 rows, 1 valid, 1 invalid");
            looked.Output.ShouldContain("line 3, column Close: abc is not a number");
            looked.Output.ShouldContain("1 new, 0 same");
            (await RunAsync("import", "list")).Output.ShouldNotContain("from-file");

            // Nobody is there who would store it.
            var brought = await RunAsync(["import", file, .. said]);
            brought.Code.ShouldBe(75, brought.Error);
            brought.Error.ShouldContain("No enrichment node runs");
            (await RunAsync("import", "list")).Output.ShouldContain("from-file");
            (await RunAsync("import", "undo", "from-file")).Code.ShouldBe(1);
            (await RunAsync(["import", file, "--name=from-file", "--adjustment=none", "--symbol=NOBODY", "--timeframe=1d"])).Code.ShouldBe(1);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task The_predecessors_candles_are_read_from_its_own_database()
    {
        await fixture.Database.ExecuteAsync(
            "INSERT INTO symbols (symbol, asset_class, timeframes) VALUES ('OLD', 'stock', '{1d}'), ('BTC-OLD', 'crypto', '{1h}') ON CONFLICT DO NOTHING");
        await using var old = await server.CreateDatabaseAsync(Cancellation);
        await old.ExecuteAsync(Tables);
        var from = $"--from={old.ConnectionString}";
        var first = await RunAsync("import", "predecessor", from, "--name=old", "--adjustment=none");
        first.Code.ShouldBe(75, first.Error);
        first.Output.ShouldContain("3 rows, 2 valid");
        first.Output.ShouldContain("not tracked: ELSEWHERE, 1 row");
        var days = await StagedAsync("old", "OLD", BarInterval.OneDay);
        days.Select(day => (day.Timestamp, day.Close, day.Volume)).ShouldBe(
            [(new DateTime(2024, 1, 2, 0, 0, 0, DateTimeKind.Utc), 185.64, 82488700), (new DateTime(2024, 7, 2, 0, 0, 0, DateTimeKind.Utc), 220.27, 58046200)]);

        await old.ExecuteAsync(
            """
            INSERT INTO market_data_v2 (symbol, asset_class, timeframe, timestamp, open, high, low, close, volume, funding_rate, revision) VALUES
                ('BTC-OLD', 'crypto', '1h', '2024-01-02 05:00Z', 10, 12, 9, 11, 5, 0.0001, 1), ('BTC-OLD', 'crypto', '1h', '2024-01-02 05:00Z', 10, 12, 9, 11.5, 6, 0.0001, 2)
            """);
        var both = await RunAsync("import", "predecessor", from, "--name=old2", "--adjustment=none");
        both.Code.ShouldBe(1);
        both.Error.ShouldContain("--table=market_data or --table=market_data_v2");
        (await RunAsync("import", "predecessor", from, "--name=old2", "--adjustment=none", "--table=market_data_v2")).Code.ShouldBe(75);
        var hour = (await StagedAsync("old2", "BTC-OLD", BarInterval.OneHour)).Single();
        (hour.Close, hour.Volume, hour.FundingRate).ShouldBe((11.5, 6, 0.0001));
    }

    [Theory]
    [InlineData("import")]
    [InlineData("import", "undo")]
    [InlineData("import", "a.csv", "--name")]
    [InlineData("import", "predecessor", "--name=x", "--adjustment=none")]
    [InlineData("import", "a.csv", "--adjustment=none")]
    [InlineData("import", "a.csv", "--name=x")]
    [InlineData("import", "a.csv", "--name=x", "--adjustment=none", "--colour=red")]
    [InlineData("import", "a.csv", "--name=x", "--adjustment=none", "--timeframe=2h")]
    public async Task What_is_not_understood_says_how_to_say_it(params string[] arguments)
    {
        var (code, _, error) = await RunAsync(arguments);
        code.ShouldBe(64);
        error.ShouldNotBeNullOrWhiteSpace();
    }

    private Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments) =>
        ApiCommand.RunAsync(fixture.Database.ConnectionString, arguments);

    private async Task<IReadOnlyList<Candle>> StagedAsync(string name, string symbol, BarInterval interval)
    {
        var (store, candles) = (new ImportStore(fixture.Database.DataSource), new List<Candle>());
        foreach (var part in await store.PartsAsync(name, Symbol.Parse(symbol), interval, Cancellation))
            candles.AddRange(await store.ReadPartAsync(name, Symbol.Parse(symbol), interval, part, Cancellation));
        return candles;
    }
}
