namespace MarketData.Simulator.Tests.Market;

/// <summary>What quality has to find without any fault being asked for.</summary>
public sealed class OdditiesTests : IAsyncLifetime
{
    private Simulation _simulation = null!;

    public async ValueTask InitializeAsync() => _simulation = await Simulation.StartAsync("Oddities=true");

    public ValueTask DisposeAsync() => _simulation.DisposeAsync();

    [Fact]
    public async Task Polygon_lacks_stretches_of_a_few_sessions_until_they_are_old()
    {
        await using var later = await Simulation.StartAsync("Oddities=true", "Now=2026-09-01T12:00:00Z");
        await using var whole = await Simulation.StartAsync();
        string[] symbols = ["AAPL", "MSFT", "GOOGL", "AMZN", "NVDA", "META", "TSLA", "JPM"];
        int missing = 0, all = 0, missingLater = 0;
        foreach (var symbol in symbols)
        {
            var path = Wire.Aggregates(symbol, "15/minute", "2025-12-01", "2026-03-06");
            var complete = (await whole.JsonAsync(path)).Results().Count;
            all += complete;
            missing += complete - (await _simulation.JsonAsync(path)).Results().Count;
            missingLater += complete - (await later.JsonAsync(path)).Results().Count;
        }

        missing.ShouldBeInRange(2, all / 200);
        missingLater.ShouldBe(0);
    }

    [Fact]
    public async Task Yahoo_has_rows_of_nulls_until_they_are_three_weeks_old()
    {
        var (nulls, old) = (0, 0);
        for (var number = 1; number <= 60; number++)
        {
            var result = (await _simulation.JsonAsync(Wire.Chart($"SIM{number:0000}", "1d", Wire.Day(2026, 1, 5), Wire.Day(2026, 3, 11)))).Result();
            foreach (var (stamp, close) in result.Stamps().Zip(result.Column("close")).Where(row => row.Second is null))
                (nulls, old) = Simulation.Now - stamp < TimeSpan.FromDays(21) ? (nulls + 1, old) : (nulls, old + 1);
        }

        nulls.ShouldBeInRange(1, 20);
        old.ShouldBe(0);
    }

    [Fact]
    public async Task Sources_differ_by_hundredths_of_a_percent_and_now_and_then_by_more()
    {
        var polygon = (await _simulation.JsonAsync(Wire.Aggregates("JNJ", "1/day", "2006-01-03", "2025-10-31"))).Results()
            .ToDictionary(bar => DateOnly.FromDateTime(bar.Opens().UtcDateTime), bar => (double)bar!["c"]!);
        var yahoo = (await _simulation.JsonAsync(Wire.Chart("JNJ", "1d", Wire.Day(2006, 1, 3), Wire.Day(2025, 11, 1)))).Result();

        var differences = yahoo.Stamps().Zip(yahoo.Column("close"))
            .Select(row => Math.Abs(row.Second!.Value / polygon[DateOnly.FromDateTime(row.First.UtcDateTime)] - 1)).ToList();

        differences.Count(difference => difference > 0).ShouldBeGreaterThan(differences.Count / 2);
        differences.Count(difference => difference > 0.01).ShouldBeInRange(1, 20);
        differences.Where(difference => difference <= 0.01).Max().ShouldBeLessThan(0.001);
    }

    [Fact]
    public async Task A_day_that_just_ended_is_revised_overnight()
    {
        await using var evening = await Simulation.StartAsync("Oddities=true", "Now=2026-03-11T23:00:00Z");
        await using var nextDay = await Simulation.StartAsync("Oddities=true", "Now=2026-03-12T12:00:00Z");
        var path = Wire.Chart("AAPL", "1d", Wire.Day(2026, 3, 11), Wire.Day(2026, 3, 12));

        var (before, after) = ((await evening.JsonAsync(path)).Result(), (await nextDay.JsonAsync(path)).Result());

        before.Stamps().ShouldBe(after.Stamps());
        before.Column("volume").Single()!.Value.ShouldBeLessThan(after.Column("volume").Single()!.Value);
        before.Column("close").ShouldBe(after.Column("close"));
    }

    [Fact]
    public async Task Binance_stands_still_now_and_then_for_every_pair_at_once()
    {
        var (start, end) = (Wire.Day(2025, 1, 1).ToUnixTimeMilliseconds(), Wire.Day(2026, 3, 1).ToUnixTimeMilliseconds());

        var bitcoin = await MissingAsync("BTCUSDT");

        bitcoin.Count.ShouldBeInRange(1, 40);
        (await MissingAsync("ETHUSDT")).ShouldBe(bitcoin);

        async Task<List<long>> MissingAsync(string pair)
        {
            var seen = new HashSet<long>();
            for (var from = start; from < end; from += 1000L * 1_800_000)
            {
                foreach (var kline in (await _simulation.JsonAsync(Wire.Klines(pair, "30m", $"startTime={from}&endTime={Math.Min(end, from + 1000L * 1_800_000) - 1}&limit=1000"))).AsArray())
                    seen.Add((long)kline![0]!);
            }

            return [.. Enumerable.Range(0, (int)((end - start) / 1_800_000)).Select(index => start + index * 1_800_000L).Where(time => !seen.Contains(time))];
        }
    }
}
