using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using MarketData.Testing;

namespace MarketData.Enrichment.Tests.Pipeline;

/// <summary>Splits and dividends that providers tell twice, wrongly, late or not at all, through their true wire formats.</summary>
public sealed class CorporateActionTests(PostgresServer server) : PipelineTests(server)
{
    private static readonly DateOnly Changed = new(2026, 8, 18);

    [Fact]
    public async Task A_split_that_comes_with_candles_alone_is_on_record()
    {
        await using var wire = await ServeAsync(1, 4);
        wire.IsPolygonEmpty = true;
        wire.YahooSplits = [(Changed, 1, 4)];
        await EnrichedAsync();

        (await ActionsAsync()).ShouldBe([$"split {Changed:yyyy-MM-dd} 1 4 yahoo"]);
        await PricesShouldBeAsync(4);
    }

    [Theory]
    [InlineData(-1)] // the session before
    [InlineData(3)]
    public async Task Of_two_days_told_the_one_counts_on_which_the_price_changed(int days)
    {
        await using var wire = await ServeAsync(1, 4);
        wire.PolygonSplits = [(Changed.AddDays(days), 1, 4)];
        wire.YahooSplits = [(Changed, 1, 4)];
        await EnrichedAsync();

        (await ActionsAsync()).ShouldHaveSingleItem().ShouldStartWith($"split {Changed:yyyy-MM-dd} 1 4");
        await PricesShouldBeAsync(4);
    }

    [Fact]
    public async Task A_split_that_its_provider_moves_is_applied_once_and_as_it_stood_before()
    {
        await using var wire = await ServeAsync(20, 1);
        wire.PolygonSplits = [(Changed.AddDays(-40), 20, 1)];
        await EnrichedAsync();
        // Nothing within ten sessions: not applied, and shown as such.
        (await ActionsAsync()).ShouldBeEmpty();
        (await QueryAsync<string>("SELECT state FROM corporate_action_reports")).ShouldBe(["disputed"]);

        wire.PolygonSplits = [(Changed, 20, 1)];
        await AgainAsync();
        (await ActionsAsync()).ShouldBe([$"split {Changed:yyyy-MM-dd} 20 1 polygon"]);
        (await ScalarAsync<long>("SELECT count(*) FROM corporate_action_reports WHERE withdrawn_at IS NOT NULL")).ShouldBe(1);
        await PricesShouldBeAsync(1 / 20.0);

        wire.PolygonSplits = [];
        await AgainAsync();
        (await ActionsAsync()).ShouldBeEmpty();
        // Whoever reads as of then adjusts by it.
        (await ScalarAsync<long>("SELECT count(*) FROM corporate_action_history WHERE ex_date = @Changed", new { Changed })).ShouldBe(1);
    }

    [Fact]
    public async Task A_dividend_in_another_currency_is_shown_and_not_applied()
    {
        await using var wire = await ServeAsync(1, 1);
        wire.Currency = "JPY";
        wire.Dividends = [(Changed, 50)];
        await EnrichedAsync();

        (await ActionsAsync()).ShouldBeEmpty();
        (await QueryAsync<string>("SELECT state || ': ' || reason FROM corporate_action_reports")).ShouldBe(
            ["unconverted: It was paid in JPY, and the price is in USD."]);
        await PricesShouldBeAsync(1);
    }

    [Theory]
    [InlineData("USDJPY=X", "JPY", true)]
    [InlineData("JPY=X", "JPY", true)]
    [InlineData("JPYUSD=X", "USD", false)]
    public async Task A_dividend_in_another_currency_comes_into_effect_when_its_pair_is_tracked(string pair, string unit, bool isInverse)
    {
        await using var wire = await ServeAsync(1, 1);
        (wire.Currency, wire.Dividends) = ("JPY", [(Changed, isInverse ? 4000 : 0.05)]);
        await EnrichedAsync();
        (await ActionsAsync()).ShouldBeEmpty();
        // Of another pair nothing follows.
        wire.PriceUnit = "USD";
        await TrackAsync("EURUSD=X", "fx", "1d");
        (await EnrichAsync("EURUSD=X")).Message.ShouldBeNull();
        (await ActionsAsync()).ShouldBeEmpty();

        wire.PriceUnit = unit;
        await TrackAsync(pair, "fx", "1d");
        (await EnrichAsync(pair)).Message.ShouldBeNull();
        var rate = await ScalarAsync<double>(
            "SELECT close FROM candles WHERE symbol = @pair AND ts < @Changed ORDER BY ts DESC LIMIT 1", new { pair, Changed });
        var amount = isInverse ? 4000 / rate : 0.05 * rate;
        (await ScalarAsync<double>("SELECT cash_amount FROM corporate_actions WHERE currency = 'USD'")).ShouldBe(amount, 1e-9);
        (await ScalarAsync<string>("SELECT state || ': ' || reason FROM corporate_action_reports")).ShouldNotBeNull()
            .ShouldMatch($"in_effect: Paid were .* JPY: .* USD by {pair} of 2026-08-17.");
        (await ScalarAsync<double>(CloseBefore("adjusted_candles").Replace("WHERE", "WHERE symbol = 'GME' AND", StringComparison.Ordinal)))
            .ShouldBeLessThan(await ScalarAsync<double>(CloseBefore("candles").Replace("WHERE", "WHERE symbol = 'GME' AND", StringComparison.Ordinal)));

        // Told again it stays so.
        wire.PriceUnit = "USD";
        await AgainAsync();
        (await ActionsAsync()).ShouldHaveSingleItem().ShouldStartWith($"dividend {Changed:yyyy-MM-dd}");
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    public async Task A_split_without_a_ratio_costs_no_candle(double from, double to)
    {
        await using var wire = await ServeAsync(1, 1);
        wire.IsPolygonEmpty = true;
        wire.YahooSplits = [(Changed, from, to)];
        await EnrichedAsync();

        (await ActionsAsync()).ShouldBeEmpty();
        (await QueryAsync<string>("SELECT provider || ' ' || state FROM corporate_action_reports")).ShouldBe(["yahoo invalid"]);
        await PricesShouldBeAsync(1);
    }

    // A year at a price of 400 before, and what the split makes of it since.
    private async Task<WireServer> ServeAsync(double from, double to)
    {
        var end = new DateTime(2026, 11, 18, 0, 0, 0, DateTimeKind.Utc);
        var bars = TradingCalendar.UsEquities.Expected(end.AddYears(-1), end, BarInterval.OneDay)
            .Select((day, i) => (day, Price: (400 + i % 5) * (DateOnly.FromDateTime(day) >= Changed ? from / to : 1)))
            .Select(bar => (bar.day, bar.Price, bar.Price * 1.01, bar.Price * 0.99, bar.Price, 1000.0))
            .ToList();
        var wire = await WireServer.StartAsync(bars, Cancellation);
        await ConfigureAsync(
            ("Providers:Polygon:BaseUrl", wire.Address + "/polygon"), ("Providers:Polygon:ApiKey", "any"), ("Providers:Yahoo:BaseUrl", wire.Address + "/yahoo"));
        return wire;
    }

    private async Task EnrichedAsync()
    {
        await TrackAsync("GME", "stock", "1d");
        (await EnrichAsync("GME")).Status.ShouldBe("succeeded");
    }

    private async Task AgainAsync()
    {
        await ExecuteAsync("UPDATE symbols SET actions_checked_at = NULL");
        (await EnrichAsync("GME")).Status.ShouldBe("succeeded");
    }

    private Task<IReadOnlyList<string>> ActionsAsync() =>
        QueryAsync<string>("SELECT concat_ws(' ', kind, ex_date, ratio_from, ratio_to, cash_amount, source) FROM corporate_actions ORDER BY ex_date");

    // Traded at 400 before the day, whoever told of it, and adjusted by the ratio.
    private async Task PricesShouldBeAsync(double ratio)
    {
        var traded = await ScalarAsync<double>(CloseBefore("candles"));
        var adjusted = await ScalarAsync<double>(CloseBefore("adjusted_candles"));
        traded.ShouldBeInRange(399.99, 404.01);
        adjusted.ShouldBe(traded / ratio, 1e-4 * adjusted);
        (await ScalarAsync<long>("SELECT count(*) FROM candles WHERE validation_notes @> '{suspected_split}'")).ShouldBe(0);
    }

    private static string CloseBefore(string view) => $"SELECT close FROM {view} WHERE ts < '{Changed:yyyy-MM-dd}Z' ORDER BY ts DESC LIMIT 1";
}
