namespace MarketData.Simulator.Tests.Market;

public sealed class MarketTests(QuietSimulation quiet) : IClassFixture<QuietSimulation>
{
    private readonly Simulation _simulation = quiet.Simulation;

    [Fact]
    public async Task A_seed_decides_everything_and_in_whatever_order_it_is_asked()
    {
        await using var same = await Simulation.StartAsync("Oddities=true");
        await using var again = await Simulation.StartAsync("Oddities=true");
        await using var other = await Simulation.StartAsync("Oddities=true", "Seed=7");
        string[] paths =
        [
            Wire.Chart("AAPL", "1d", Wire.Day(2025, 1, 2), Wire.Day(2026, 1, 2)),
            Wire.Chart("SIM0042", "5m", Wire.Day(2026, 2, 2), Wire.Day(2026, 2, 7)),
            Wire.Klines("BTCUSDT", "1h"),
        ];

        var first = await TextsAsync(same, paths);
        var second = (await TextsAsync(again, [.. paths.Reverse()])).Reverse();
        var third = await TextsAsync(other, paths);

        second.ShouldBe(first);
        third.Zip(first).ShouldAllBe(pair => pair.First != pair.Second);
    }

    [Fact]
    public async Task Stocks_trade_when_New_York_does()
    {
        var days = (await _simulation.JsonAsync(Wire.Aggregates("AAPL", "1/day", "2024-01-01", "2024-12-31"))).Results().Select(bar => DateOnly.FromDateTime(bar.Opens().UtcDateTime)).ToList();
        await using var then = await Simulation.StartAsync("Now=2024-12-02T12:00:00Z");
        var shortDay = (await then.JsonAsync(Wire.Chart("MSFT", "5m", Wire.Day(2024, 11, 29), Wire.Day(2024, 11, 30)))).Result().Stamps();

        days.Count.ShouldBe(252);
        foreach (var closed in (string[])["2024-01-01", "2024-01-15", "2024-03-29", "2024-05-27", "2024-06-19", "2024-07-04", "2024-09-02", "2024-11-28", "2024-12-25"])
            days.ShouldNotContain(DateOnly.Parse(closed, System.Globalization.CultureInfo.InvariantCulture));
        // The day after Thanksgiving ends at 13:00 in New York.
        shortDay.Length.ShouldBe(42);
        shortDay[^1].ShouldBe(Wire.Day(2024, 11, 29).AddHours(18).AddMinutes(-5));
    }

    [Fact]
    public async Task Coins_trade_on_every_day()
    {
        var start = Wire.Day(2024, 1, 1).ToUnixTimeMilliseconds();
        var times = (await _simulation.JsonAsync(Wire.Klines("ETHUSDT", "1d", $"startTime={start}&limit=366"))).AsArray().Select(kline => (long)kline![0]!).ToList();

        times.ShouldBe(Enumerable.Range(0, 366).Select(day => start + day * 86_400_000L));
    }

    [Fact]
    public async Task Volatility_comes_in_clusters_and_volume_follows_it()
    {
        var bars = (await _simulation.JsonAsync(Wire.Aggregates("AAPL", "1/day", "2010-01-04", "2025-12-31"))).Results();
        var returns = bars.Zip(bars.Skip(1), (before, bar) => Math.Abs(Math.Log((double)bar!["c"]! / (double)before!["c"]!))).ToArray();
        var volumes = bars.Skip(1).Select(bar => Math.Log((double)bar!["v"]!)).ToArray();

        Correlation(returns[..^5], returns[5..]).ShouldBeGreaterThan(0.05);
        Correlation(returns, volumes).ShouldBeGreaterThan(0.2);
    }

    [Fact]
    public async Task Every_bar_is_possible()
    {
        foreach (var bar in (await _simulation.JsonAsync(Wire.Aggregates("TSLA", "5/minute", "2026-01-05", "2026-02-27"))).Results())
        {
            var (open, high, low, close) = ((double)bar!["o"]!, (double)bar["h"]!, (double)bar["l"]!, (double)bar["c"]!);
            low.ShouldBeGreaterThan(0);
            low.ShouldBeLessThanOrEqualTo(Math.Min(open, close));
            high.ShouldBeGreaterThanOrEqualTo(Math.Max(open, close));
            ((double)bar["v"]!).ShouldBeGreaterThanOrEqualTo(0);
            ((double)bar["vw"]!).ShouldBeInRange(low - 1e-4, high + 1e-4);
        }
    }

    [Fact]
    public async Task Days_and_their_minutes_tell_the_same()
    {
        var day = (await _simulation.JsonAsync(Wire.Chart("JPM", "1d", Wire.Day(2026, 3, 10), Wire.Day(2026, 3, 11)))).Result();
        var minutes = (await _simulation.JsonAsync(Wire.Chart("JPM", "5m", Wire.Day(2026, 3, 10), Wire.Day(2026, 3, 11)))).Result();

        minutes.Column("open")[0].ShouldBe(day.Column("open").Single());
        minutes.Column("close")[^1].ShouldBe(day.Column("close").Single());
        minutes.Column("high").Max().ShouldBe(day.Column("high").Single());
        minutes.Column("low").Min().ShouldBe(day.Column("low").Single());
    }

    [Fact]
    public async Task Traded_prices_fall_by_the_split()
    {
        var bars = (await _simulation.JsonAsync(Wire.Aggregates("NVDA", "1/day", "2024-06-06", "2024-06-11", "adjusted=false"))).Results();

        ((double)bars[2]!["o"]! / (double)bars[1]!["c"]!).ShouldBeInRange(0.08, 0.12);
    }

    [Fact]
    public async Task Named_instruments_are_listed_with_how_each_provider_writes_them()
    {
        var symbols = (await _simulation.JsonAsync("/simulator/symbols")).AsArray();
        var berkshire = symbols.Single(symbol => (string?)symbol!["symbol"] == "BRK.B")!;
        var bitcoin = symbols.Single(symbol => (string?)symbol!["symbol"] == "BTC-USD")!;
        var index = symbols.Single(symbol => (string?)symbol!["symbol"] == "^GSPC")!;

        ((string?)berkshire["polygon"], (string?)berkshire["yahoo"], (string?)berkshire["binance"]).ShouldBe(("BRK.B", "BRK-B", null));
        ((string?)bitcoin["polygon"], (string?)bitcoin["yahoo"], (string?)bitcoin["binance"], (string?)bitcoin["coinbase"])
            .ShouldBe(("X:BTCUSD", "BTC-USD", "BTCUSDT", "BTC-USD"));
        var easyjet = symbols.Single(symbol => (string?)symbol!["symbol"] == "EZJ.L")!;
        ((string?)easyjet["exchange"], (string?)easyjet["price_unit"], (string?)easyjet["polygon"], (string?)easyjet["yahoo"]).ShouldBe(("XLON", "GBp", null, "EZJ.L"));
        var twitter = symbols.Single(symbol => (string?)symbol!["symbol"] == "TWTR")!;
        ((string?)twitter["last_day"], (string?)twitter["polygon"], (string?)twitter["yahoo"]).ShouldBe(("2022-10-27", "TWTR", null));
        ((string?)index["simulated"])!.ShouldContain("True daily history until 17 April 2020");
        symbols.Count(symbol => (string?)symbol!["asset_class"] == "stock").ShouldBeGreaterThanOrEqualTo(12);
        symbols.Count(symbol => (string?)symbol!["asset_class"] == "etf").ShouldBeGreaterThanOrEqualTo(3);
        symbols.Count(symbol => (string?)symbol!["asset_class"] == "crypto").ShouldBeGreaterThanOrEqualTo(4);
    }

    [Theory]
    [InlineData("2026-03-07T12:00:00Z", "2026-03-06")]
    [InlineData("2026-03-11T13:00:00Z", "2026-03-10")]
    [InlineData("2026-03-11T20:00:00Z", "2026-03-11")]
    public async Task The_series_reaches_to_the_present(string now, string lastDay)
    {
        await using var simulation = await Simulation.StartAsync("Now=" + now);

        var bars = (await simulation.JsonAsync(Wire.Aggregates("AAPL", "1/day", "2026-02-20", "2026-03-20"))).Results();

        bars[^1].Opens().ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture).ShouldBe(lastDay);
    }

    private static async Task<string[]> TextsAsync(Simulation simulation, string[] paths)
    {
        var texts = new List<string>();
        foreach (var path in paths)
            texts.Add((await simulation.JsonAsync(path)).ToJsonString());
        return [.. texts];
    }

    private static double Correlation(double[] x, double[] y)
    {
        var (meanX, meanY) = (x.Average(), y.Average());
        var both = x.Zip(y, (a, b) => (a - meanX) * (b - meanY)).Sum();
        return both / Math.Sqrt(x.Sum(a => (a - meanX) * (a - meanX)) * y.Sum(b => (b - meanY) * (b - meanY)));
    }
}
