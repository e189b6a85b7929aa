using System.Globalization;
using MarketData.Domain.Candles;
using MarketData.Simulator;
using MarketData.Storage.Candles;
using MarketData.Testing;

namespace MarketData.Enrichment.Tests.Pipeline;

/// <summary>Real daily history, served in the providers' wire formats, is in the store as it is, with the features of an independent computation.</summary>
public sealed class RealHistoryTests(PostgresServer server) : PipelineTests(server)
{
    private static readonly (DateOnly ExDate, double From, double To)[] AppleSplits =
        [(new(2000, 6, 21), 1, 2), (new(2005, 2, 28), 1, 2), (new(2014, 6, 9), 1, 7), (new(2020, 8, 31), 1, 4)];

    [Theory]
    [InlineData("polygon", "SPX")]
    [InlineData("yahoo", "^GSPC")]
    public async Task The_index_comes_out_as_it_went_in(string provider, string symbol)
    {
        var bars = Read(IndexLines(), volume: 6);
        await using var wire = await WireServer.StartAsync(bars, Cancellation);
        await ServeAsync(wire, provider);
        await TrackAsync(symbol, "stock", "1d");
        (await EnrichAsync(symbol)).Status.ShouldBe("succeeded");

        var stored = await CandlesAsync(symbol, "1d");
        stored.Select(candle => candle.Values).ShouldBe(bars);
        stored.ShouldAllBe(candle => candle.Source == provider);
        (await ScalarAsync<long>("SELECT count(*) FROM rejected_candles")).ShouldBe(0);
        await FeaturesAgreeAsync(symbol, stored.Select(candle => (candle.High, candle.Low, candle.Close, candle.Volume)));
    }

    [Theory]
    [InlineData("polygon")]
    [InlineData("yahoo")]
    public async Task Split_shares_come_out_as_traded_and_their_features_as_adjusted(string provider)
    {
        Assert.SkipUnless(SharedData.Exists, SharedData.Absent);
        var bars = Read(File.ReadLines(SharedData.PathOf("aapl-daily-unadjusted.csv")), volume: 5);
        await using var wire = await WireServer.StartAsync(bars, Cancellation);
        wire.Splits = AppleSplits;
        await ServeAsync(wire, provider);
        await TrackAsync("AAPL", "stock", "1d");
        (await EnrichAsync("AAPL")).Status.ShouldBe("succeeded");

        var stored = await CandlesAsync("AAPL", "1d");
        stored.Select(candle => candle.Values).ShouldBe(bars);
        stored.Where(candle => candle.Notes?.Contains("suspected_split") == true).ShouldBeEmpty();
        stored.Where(candle => candle.Notes?.Contains("price_anomaly") == true).Select(candle => candle.Ts)
            .ShouldBe([new DateTime(2000, 9, 29, 0, 0, 0, DateTimeKind.Utc)]);
        await FeaturesAgreeAsync("AAPL", Adjusted(stored));
    }

    [Fact]
    public async Task A_split_that_becomes_known_later_explains_its_jump_and_sets_the_features_right()
    {
        Assert.SkipUnless(SharedData.Exists, SharedData.Absent);
        var bars = Read(File.ReadLines(SharedData.PathOf("aapl-daily-unadjusted.csv")), volume: 5);
        await using var wire = await WireServer.StartAsync(bars, Cancellation);
        await ServeAsync(wire, "polygon");
        await TrackAsync("AAPL", "stock", "1d");
        await EnrichAsync("AAPL");
        (await QueryAsync<DateTime>("SELECT ts FROM candles WHERE validation_notes @> '{suspected_split}' ORDER BY ts")).Select(DateOnly.FromDateTime)
            .ShouldBe(AppleSplits.Select(split => split.ExDate));

        wire.Splits = AppleSplits;
        await ExecuteAsync("UPDATE symbols SET actions_checked_at = NULL");
        (await EnrichAsync("AAPL")).Updated.ShouldBe(0);
        (await ScalarAsync<long>("SELECT count(*) FROM candles WHERE validation_notes @> '{suspected_split}'")).ShouldBe(0);
        (await QueryAsync<string>("SELECT concat_ws(' ', ex_date, ratio_from, ratio_to, source) FROM corporate_actions ORDER BY ex_date"))
            .ShouldBe(["2000-06-21 1 2 polygon", "2005-02-28 1 2 polygon", "2014-06-09 1 7 polygon", "2020-08-31 1 4 polygon"]);
        await FeaturesAgreeAsync("AAPL", Adjusted(await CandlesAsync("AAPL", "1d")));
    }

    [Theory]
    [InlineData("aapl", 3)]
    [InlineData("ibm", 80)]
    [InlineData("bac", 70)]
    public async Task Adjusted_prices_are_those_of_the_published_factors(string name, int dividendsAtLeast)
    {
        Assert.SkipUnless(SharedData.Exists, SharedData.Absent);
        var bars = Read(File.ReadLines(SharedData.PathOf($"{name}-daily-unadjusted.csv")), volume: 5);
        var published = File.ReadLines(SharedData.PathOf($"{name}-factors.csv")).Select(line => line.Split(',')).Select(row => (
            Through: DateOnly.ParseExact(row[0], "yyyyMMdd", CultureInfo.InvariantCulture), Price: Number(row[1]), Split: Number(row[2]), Close: Number(row[3]))).ToList();
        await using var wire = await WireServer.StartAsync(bars, Cancellation);
        // A factor holds through its date: what changes it takes effect on the session after.
        var changes = published.Skip(1).SkipLast(1).Zip(published.Skip(2), (row, next) => (
            ExDate: bars.Select(bar => DateOnly.FromDateTime(bar.Item1)).First(date => date > row.Through), Row: row, Next: next)).ToList();
        wire.Splits = [.. changes.Where(change => change.Row.Split != change.Next.Split).Select(change => (change.ExDate, 1.0, Math.Round(change.Next.Split / change.Row.Split, 3)))];
        wire.Dividends = [.. changes.Where(change => change.Row.Price != change.Next.Price).Select(change => (change.ExDate, change.Row.Close * (1 - change.Row.Price / change.Next.Price)))];
        await ServeAsync(wire, "polygon");
        var symbol = name.ToUpperInvariant();
        await TrackAsync(symbol, "stock", "1d");
        (await EnrichAsync(symbol)).Status.ShouldBe("succeeded");

        (await CandlesAsync(symbol, "1d")).Select(candle => candle.Values).ShouldBe(bars);
        (await ScalarAsync<long>("SELECT count(*) FROM candles WHERE validation_notes @> '{suspected_split}'")).ShouldBe(0);
        var paid = await QueryAsync<(DateOnly, double)>("SELECT ex_date, cash_amount FROM corporate_actions WHERE kind = 'dividend' AND source = 'polygon' ORDER BY ex_date");
        paid.ShouldBe(wire.Dividends);
        paid.Count.ShouldBeGreaterThan(dividendsAtLeast);
        var factors = await new CorporateActionReader(Database).ReadFactorsAsync(Symbol.Parse(symbol), BarInterval.OneDay, null, Cancellation);
        // Three of the factors of 1998 were computed from other closes than those of the file beside them, and count in all dates before.
        var closes = bars.ToDictionary(bar => DateOnly.FromDateTime(bar.Item1), bar => bar.Item5);
        var since = changes.Where(change => change.Row.Price != change.Next.Price && closes[change.Row.Through] != change.Row.Close).Select(change => change.Row.Through).LastOrDefault();
        since.Year.ShouldBeLessThan(1999);
        foreach (var (date, _, _, _, close, _) in bars.Where(bar => DateOnly.FromDateTime(bar.Item1) > since))
        {
            var expected = published.First(row => DateOnly.FromDateTime(date) <= row.Through);
            var (split, dividend) = factors.On(DateOnly.FromDateTime(date));
            (close / split * dividend).ShouldBe(close * expected.Price * expected.Split, close * 1e-6, $"{date:yyyy-MM-dd}");
        }
    }

    [Fact]
    public async Task Polygon_gets_its_key_in_a_header_on_every_page_and_nowhere_else()
    {
        var bars = Read(IndexLines(), volume: 6);
        await using var wire = await WireServer.StartAsync(bars, Cancellation);
        await ServeAsync(wire, "polygon");
        await TrackAsync("BRK.B", "stock", "1d");
        await EnrichAsync("BRK.B");

        var pages = wire.Requests.Where(request => request.Address.Contains("/v2/aggs/", StringComparison.Ordinal)).ToList();
        pages.Count.ShouldBe(6);
        pages[0].Address.ShouldContain("/ticker/BRK.B/range/1/day/");
        pages[0].Address.ShouldContain("limit=50000");
        pages[0].Address.ShouldContain("adjusted=false");
        pages.Skip(1).Select(page => page.Address[^11..]).ShouldBe(["cursor=1000", "cursor=2000", "cursor=3000", "cursor=4000", "cursor=5000"]);
        wire.Requests.ShouldAllBe(request => request.Authorization == "Bearer a-secret" && !request.Address.Contains("a-secret"));
    }

    [Fact]
    public async Task Yahoo_is_asked_by_its_own_spelling_as_a_browser_would()
    {
        await using var wire = await WireServer.StartAsync(Read(IndexLines(), volume: 6), Cancellation);
        await ServeAsync(wire, "yahoo");
        await TrackAsync("BRK.B", "stock", "1d");
        await EnrichAsync("BRK.B");

        wire.Requests.ShouldAllBe(request => request.Address.StartsWith("/yahoo/v8/finance/chart/BRK-B?") && request.UserAgent!.StartsWith("Mozilla/") && request.Authorization == null);
    }

    [Fact]
    public async Task Yahoo_is_told_who_asks_as_the_setting_says()
    {
        await using var wire = await WireServer.StartAsync(Read(IndexLines(), volume: 6), Cancellation);
        await ServeAsync(wire, "yahoo", ("Providers:Yahoo:UserAgent", "Warehouse/2.0 (data@example.com)"));
        await TrackAsync("BRK.B", "stock", "1d");
        await EnrichAsync("BRK.B");

        wire.Requests.Select(request => request.UserAgent).Distinct().ShouldBe(["Warehouse/2.0 (data@example.com)"]);
    }

    private Task ServeAsync(WireServer wire, string provider, params (string Name, string Value)[] more) => ConfigureAsync([
        .. more,
        ("Enrichment:History:OneDay", "20000"),
        ("Providers:Polygon:BaseUrl", wire.Address + "/polygon"),
        ("Providers:Polygon:ApiKey", "a-secret"),
        ("Providers:Polygon:Enabled", provider == "polygon" ? "true" : "false"),
        ("Providers:Yahoo:BaseUrl", wire.Address + "/yahoo"),
        ("Providers:Yahoo:Enabled", provider == "yahoo" ? "true" : "false")]);

    private async Task FeaturesAgreeAsync(string symbol, IEnumerable<(double High, double Low, double Close, double Volume)> bars)
    {
        foreach (var (name, values) in ReferenceFeatures.Daily([.. bars]))
            SymbolPipelineTests.Agree(name, values, await FeatureAsync(symbol, "1d", name, adjusted: true));
    }

    private static IEnumerable<(double High, double Low, double Close, double Volume)> Adjusted(IEnumerable<CandleRow> candles) => candles.Select(candle =>
    {
        var factor = AppleSplits.Where(split => split.ExDate > DateOnly.FromDateTime(candle.Ts)).Aggregate(1.0, (product, split) => product * split.To);
        return (candle.High / factor, candle.Low / factor, candle.Close / factor, candle.Volume * factor);
    });

    private static string[] IndexLines()
    {
        using var reader = new StreamReader(typeof(SimulatorApp).Assembly.GetManifestResourceStream("sp500-daily.csv")!);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }

    private static IReadOnlyList<(DateTime, double, double, double, double, double)> Read(IEnumerable<string> lines, int volume) =>
    [
        .. lines.Skip(1).Select(line => line.Split(',')).Select(row => (
            DateTime.Parse(row[0], CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal),
            Number(row[1]), Number(row[2]), Number(row[3]), Number(row[4]), Number(row[volume]))),
    ];

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
