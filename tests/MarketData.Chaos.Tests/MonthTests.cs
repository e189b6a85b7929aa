using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Dapper;
using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using MarketData.Testing;

namespace MarketData.Chaos.Tests;

/// <summary>
/// A month of nights, one after the other within seconds: the clock that PostgreSQL, the market and the nodes share is moved on by a day whenever
/// a night is over. Two nodes live for the whole month; the third is killed in every night's run and another takes its place.
/// </summary>
public sealed class MonthTests : ScenarioTests
{
    // The longest retention of what a night leaves is three days.
    private const int WarmUp = 6;

    // Less than a night needs of it.
    private const int RequestsPerMinute = 240;
    private const string DaysOfHistory = "20";

    private static readonly int Nights = ChaosSettings.Nights;
    private static readonly int Burst = ChaosSettings.Symbols;

    // With 29 February, summer time in New York, and a Good Friday.
    private static readonly DateTime FirstDay = new(2024, 2, 26, 0, 0, 0, DateTimeKind.Utc);

    private static readonly (string Name, string Value)[] Retention =
    [
        ("Enrichment:Retention:Events", "1.00:00:00"), ("Enrichment:Retention:Logs", "2.00:00:00"), ("Enrichment:Retention:Runs", "3.00:00:00"),
    ];

    private readonly List<NightMeasures> _nights = [];
    private readonly Dictionary<string, int> _requests = [];

    [Fact(Explicit = true)]
    public async Task Three_nodes_of_which_one_always_dies_make_every_night_complete_and_grow_by_nothing()
    {
        var chance = ChaosSettings.Chance("month");
        if (MachineClock.Missing is { } missing)
            Assert.Skip(missing);
        using var clock = new MachineClock(FirstDay.AddHours(23) - DateTime.UtcNow);
        await using var postgres = await TestPostgres.StartNewAsync(Environment(clock), Cancellation);
        // A day has 86,400 s in which autovacuum may look, a night here some ten; and see MachineClock.
        await postgres.SetAsync("autovacuum_naptime", "1s", Cancellation);
        await postgres.SetAsync("deadlock_timeout", "20s", Cancellation);
        await using var world = await CreateWorldAsync(postgres.ConnectionString, clock);
        await world.FaultAsync(new { kind = "latency", rate = 1.0, delay_seconds = 0.05 });
        var settings = Settings(clock);
        await using var calm = Nights > WarmUp
            ? await CreateWorldAsync(await postgres.CreateDatabaseAsync("calm", Cancellation), clock)
            : null;
        var nodes = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => world.StartNodeAsync(settings)));

        for (var night = 1; night <= Nights; night++)
        {
            var due = FirstDay.AddDays(night) + new TimeSpan(1, 30, 0);
            var calmNode = calm is not null && (night == 1 || night == Nights / 2) ? await calm.StartNodeAsync(settings) : null;
            var startedAt = Stopwatch.GetTimestamp();
            // Each process notices within two seconds.
            clock.Set(due.AddSeconds(-5));
            await InTheMiddleAsync(world, chance, due);
            await nodes[2].KillAsync();
            var successor = world.StartNodeAsync(settings);
            await NightIsOverAsync(world, due);
            var seconds = Stopwatch.GetElapsedTime(startedAt).TotalSeconds;
            nodes[2] = await successor;

            await ShouldBeCompleteAsync(world, due);
            await ShouldHaveKeptQuotasAsync(world, startedAt);
            if (calmNode is not null)
            {
                await NightIsOverAsync(calm!, due);
                await calmNode.KillAsync();
            }

            _nights.Add(await NightMeasures.TakeAsync(world.Database, nodes[..2], seconds, Cancellation));
            TestContext.Current.TestOutputHelper?.WriteLine(_nights[^1].Summary(night));
        }

        Row.Did($"{Nights} nights, a node killed in each");
        nodes.ShouldAllBe(node => !node.HasEnded);
        Row.Did($"{_requests.Values.Sum()} requests within their quotas");
        await world.LogsShouldBeTrueAsync();
        await ShouldHaveForgottenAsync(world, clock);
        ShouldBeFlat();
        Row.Lost = await world.ScalarAsync<int>("SELECT count(*) FROM enrichment_job_attempts WHERE outcome = 'lost'");
        if (calm is not null)
            await ShouldEqualThreeUndisturbedRunsAsync(world, calm, settings);
    }

    private static Task<ChaosWorld> CreateWorldAsync(string connectionString, MachineClock clock) => ChaosWorld.CreateAsync(
        connectionString,
        [new("Simulator:Now", ""), new("Simulator:Oddities", "false"), .. Environment(clock)]);

    private static Dictionary<string, string> Environment(MachineClock clock) => clock.Settings.ToDictionary(one => one.Name, one => one.Value);

    private static (string Name, string Value)[] Settings(MachineClock clock)
    {
        var settings = new List<(string, string)>(Retention)
        {
            ("Enrichment:History:OneHour", DaysOfHistory), ("Enrichment:History:FourHours", DaysOfHistory),
            ("Enrichment:History:OneDay", DaysOfHistory),
        };
        foreach (var provider in (string[])["Polygon", "Binance"])
        {
            settings.Add(($"Providers:{provider}:Resilience:RequestsPerMinute", RequestsPerMinute.ToString(CultureInfo.InvariantCulture)));
            settings.Add(($"Providers:{provider}:Resilience:Burst", Burst.ToString(CultureInfo.InvariantCulture)));
        }

        return [.. settings, .. clock.Settings];
    }

    // Some symbols of the night's run are done; any moment of the run of one.
    private static async Task InTheMiddleAsync(ChaosWorld world, Random chance, DateTime due)
    {
        const string far = """
            count(*) = 1 AND bool_and(completed_at IS NOT NULL OR symbols_successful >= @done)
            FROM enrichment_history WHERE trigger = 'nightly' AND created_at >= @due
            """;
        await world.HoldsAsync(far, new { due, done = chance.Next(ChaosSettings.Symbols) });
        await Task.Delay(TimeSpan.FromMilliseconds(chance.Next(200)), Cancellation);
    }

    private static Task NightIsOverAsync(ChaosWorld world, DateTime since) => world.HoldsAsync(
        """
        bool_and(completed_at IS NOT NULL) AND count(*) FILTER (WHERE trigger = 'nightly' AND created_at >= @since) > 0 FROM enrichment_history
        """,
        new { since });

    private static async Task ShouldBeCompleteAsync(ChaosWorld world, DateTime due)
    {
        const string run = """
            SELECT string_agg(concat_ws(' ', status, symbols_total, symbols_successful), '; ')
            FROM enrichment_history WHERE trigger = 'nightly' AND created_at >= @due
            """;
        const string jobs = """
            SELECT count(*) || ' jobs of ' || count(DISTINCT symbol) || ' symbols, ' || coalesce(sum(a.done), 0) || ' done'
            FROM enrichment_jobs j JOIN enrichment_history h USING (job_id)
            LEFT JOIN (SELECT enrichment_job_id, count(*) AS done FROM enrichment_job_attempts WHERE outcome = 'succeeded' GROUP BY 1) a
                ON a.enrichment_job_id = j.id
            WHERE h.trigger = 'nightly' AND h.created_at >= @due AND j.status = 'succeeded'
            """;
        var symbols = ChaosSettings.Symbols;
        (await world.ScalarAsync<string>(run, new { due })).ShouldBe($"completed {symbols} {symbols}", world.NodesLastWords());
        (await world.ScalarAsync<string>(jobs, new { due })).ShouldBe($"{symbols} jobs of {symbols} symbols, {symbols} done");
        (await world.ScalarAsync<int>("SELECT count(*) FROM candle_revisions")).ShouldBe(0);
        await using var connection = await world.Database.OpenConnectionAsync(Cancellation);
        var series = (await connection.QueryAsync<(string Class, string Timeframe, DateTime Last, double Completeness, int Series)>(
            """
            SELECT asset_class, timeframe, last_ts, completeness, count(*)::integer FROM series JOIN symbols USING (symbol)
            GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
            """)).ToList();
        var (coins, stocks) = (symbols / 3, symbols - symbols / 3);
        series.ShouldBe([
            Complete(AssetClass.Crypto, BarInterval.OneDay, coins), Complete(AssetClass.Crypto, BarInterval.FourHours, coins),
            Complete(AssetClass.Stock, BarInterval.OneDay, stocks), Complete(AssetClass.Stock, BarInterval.OneHour, stocks),
        ], ignoreOrder: true);

        (string, string, DateTime, double, int) Complete(AssetClass assets, BarInterval interval, int count)
        {
            var calendar = assets == AssetClass.Crypto ? TradingCalendar.AroundTheClock : TradingCalendar.UsEquities;
            return (assets.Name(), interval.Name(), calendar.LastClosed(due, interval), 1, count);
        }
    }

    // By what the market counted, of all nodes together: a full bucket and what trickled into it since the night began.
    private async Task ShouldHaveKeptQuotasAsync(ChaosWorld world, long startedAt)
    {
        using var http = new HttpClient { BaseAddress = world.Simulator.Address };
        var providers = (await http.GetFromJsonAsync<JsonElement[]>("simulator/requests", Cancellation))!;
        var allowed = Burst + Stopwatch.GetElapsedTime(startedAt).TotalMinutes * RequestsPerMinute;
        foreach (var provider in providers)
        {
            var (name, total) = (provider.GetProperty("provider").GetString()!, provider.GetProperty("total").GetInt32());
            (total - _requests.GetValueOrDefault(name)).ShouldBeLessThanOrEqualTo((int)allowed, provider.ToString());
            provider.GetProperty("by_status").TryGetProperty("429", out _).ShouldBeFalse(provider.ToString());
            _requests[name] = total;
        }

        _requests["polygon"].ShouldBeGreaterThan(0);
        _requests["binance"].ShouldBeGreaterThan(0);
    }

    // The upkeep of the next hour, in which nobody dies.
    private static async Task ShouldHaveForgottenAsync(ChaosWorld world, MachineClock clock)
    {
        clock.Set(FirstDay.AddDays(Nights) + new TimeSpan(2, 45, 1));
        (string Table, string Instant, int Days)[] kept =
        [
            ("events", "created_at", 1), ("enrichment_fetch_log", "created_at", 2), ("enrichment_compute_log", "created_at", 2),
            ("enrichment_job_log", "logged_at", 2), ("provider_requests", "minute", 2), ("provider_request_log", "started_at", 2),
            ("enrichment_history", "completed_at", 3), ("enrichment_nodes", "heartbeat_at", 1),
        ];
        await world.HoldsAsync(string.Join(" AND ", kept.Select(
            one => $"NOT EXISTS (SELECT FROM {one.Table} WHERE {one.Instant} < now() - interval '{one.Days} days 10 minutes')")));
    }

    // By the median of all slopes between two nights, which no single night can move.
    private void ShouldBeFlat()
    {
        var nights = _nights.Skip(WarmUp).ToList();
        if (nights.Count < WarmUp)
            return;
        var growing = new List<string>();
        foreach (var name in nights[^1].Values.Keys)
        {
            double[] values = [.. nights.Select(night => night.Values.GetValueOrDefault(name))];
            var (growth, usual) = (Slope(values) * (values.Length - 1), Median(values));
            if (growth > Math.Max(usual * 0.25, Unnoticed(name)))
                growing.Add(string.Create(CultureInfo.InvariantCulture, $"{name}: {growth:0.0} more by the end, usually {usual:0.0}"));
        }

        growing.ShouldBeEmpty();
        Row.Did($"{nights[0].Summary(WarmUp + 1)}; {nights[^1].Summary(Nights)}");

        static double Slope(double[] values) => Median([
            .. from later in Enumerable.Range(1, values.Length - 1)
               from earlier in Enumerable.Range(0, later)
               select (values[later] - values[earlier]) / (later - earlier),
        ]);

        static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);

        // A row or page here and there, and rows that autovacuum leaves until they are worth its while.
        static double Unnoticed(string name) =>
            name.StartsWith("kB", StringComparison.Ordinal) ? 256
            : name.StartsWith("dead", StringComparison.Ordinal) ? 1000
            : name.StartsWith("rows", StringComparison.Ordinal) ? 20
            : 8;
    }

    // Of one node that nobody kills, on the first night, in the middle and at the end: the nights between are made up for by one run each time.
    // Futures markets tell of the last thirty days only.
    private async Task ShouldEqualThreeUndisturbedRunsAsync(ChaosWorld world, ChaosWorld calm, (string Name, string Value)[] settings)
    {
        await calm.StartNodeAsync(settings);
        await NightIsOverAsync(calm, FirstDay.AddDays(Nights));
        // What it says of the work is of thirty runs, and not of three.
        string[] data = ["candles", "features of candles", "latest_features", "gaps", "data_quality_metrics", "corporate_actions"];
        var month = (await StoredData.ReadAsync(world.Database, Cancellation)).Of(data);
        month.ShouldEqual((await StoredData.ReadAsync(calm.Database, Cancellation)).Of(data));
        Row.RowsCompared = month.Rows;
    }
}
