using MarketData.Web.Api;

namespace MarketData.Web.Tests.Fakes;

internal static class FakeMetrics
{
    private static readonly string[] Sources = ["polygon", "binance", "yahoo"];
    private static readonly string[] Frames = ["1d", "1h", "5m"];

    public static DashboardMetrics Totals(string window) => new(
        window,
        new FetchPipeline(5_120, 14, 4_812, 4_789, 23, 0.9952, 84.2, 212.5, 128_450, 12_873, [.. Sources.Select((s, i) => new SourceTotals(s, 2_500 - i * 700, i, 2_400 - i * 700, 2_390 - i * 700, 10, 0.996, 70 + i * 20, 190 + i * 40, 60_000 - i * 9_000, 6_000 - i * 900))]),
        new ComputePipeline(4_700, 4_700, 0, 1, 2.4, 7.9, 98_700, [new("universal", 4_700, 4_700, 0, 1, 2.1, 6.5, 84_600), new("crypto", 900, 899, 1, 0.9989, 0.8, 2.2, 14_100)]),
        new QualityTotals(20, 0.9871, 0.9934, 0.9978, 7, 12, 3, 1));

    public static MetricSeries Series(DateTimeOffset now, string window)
    {
        var random = new Random(11);
        var end = new DateTimeOffset(now.Year, now.Month, now.Day, now.Hour, 0, 0, TimeSpan.Zero);
        var fetch = Enumerable.Range(0, 24).SelectMany(h => Sources.SelectMany(s => Frames.Select(f =>
            new FetchPoint(end.AddHours(h - 23), s, f, 20 + random.Next(20), random.Next(10) == 0 ? 2 : 0, 60 + random.NextDouble() * 50, 150 + random.NextDouble() * 90, 500 + random.Next(900), 40 + random.Next(60), random.Next(2)))));
        var compute = Enumerable.Range(0, 24).SelectMany(h => Frames.Select(f => new ComputePoint(end.AddHours(h - 23), "universal", f, 20, 0, 1.5 + random.NextDouble(), 5 + random.NextDouble() * 3, 420)));
        var quality = Enumerable.Range(0, 30).Select(d => new QualityPoint(DateOnly.FromDateTime(now.UtcDateTime.AddDays(d - 29)), 0.97 + random.NextDouble() * 0.03, 0.99, 0.985 + random.NextDouble() * 0.015, random.Next(3), random.Next(4), random.Next(2)));
        return new(window, 3600, [.. fetch], [.. compute], [.. quality]);
    }

    public static CrossCheckReport CrossChecks(DateTimeOffset now)
    {
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        SymbolCrossCheck OfSymbol(string symbol, long compared, long differing) =>
            new(symbol, "polygon", "yahoo", "1d", compared, differing, (double)differing / compared, 0.021, 0.0004, 3, 1, 10, now);
        DailyCrossCheck OfDay(DateOnly day, long differing) => new(day, "polygon", "yahoo", "1d", 4, differing, differing / 4.0, 0.021, 0.0004, 3, 1, 1, now);
        return new(
            today.AddDays(-90), today, [new("polygon", "yahoo", "1d", 40, 1, 1 / 40.0, 0.021, 0.0004, 3, 1, 10, now)], [OfSymbol("TSLA", 10, 1), OfSymbol("AAPL", 30, 0)],
            [.. Enumerable.Range(0, 10).Select(d => OfDay(today.AddDays(d - 10), d == 4 ? 1 : 0))]);
    }

    public static QualityReport Quality(string symbol, string timeframe, DateTimeOffset now)
    {
        var random = new Random(5);
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        var daily = Enumerable.Range(0, 365).Select(d => today.AddDays(d - 364)).Where(d => d.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday))
            .Select(d => random.Next(60) switch
            {
                0 => new DailyQuality(timeframe, d, 0, 0, 0, 1, null, 1, 0, null, 0),
                1 => new DailyQuality(timeframe, d, 1, 0, 1, 1, 0, 0, 1, 0.7, 1),
                _ => new DailyQuality(timeframe, d, 1, 1, 0, 1, 1, 0, 0, 0.95 + random.NextDouble() * 0.05, 1),
            }).ToList();
        DateTimeOffset At(int daysAgo) => new(now.UtcDateTime.Date.AddDays(-daysAgo), TimeSpan.Zero);
        return new(
            symbol, today.AddDays(-364), today,
            [new(symbol, timeframe, At(700), At(1), 504, 505, 0.998, 0.981, "polygon", "completed")], daily,
            [new(timeframe, At(40), At(38), 2, At(37), 3, At(9), "yahoo", At(-12))],
            [new(timeframe, At(22), 189.2, 4.1e8, "polygon", 0.55, ["price_anomaly", "volume_anomaly"])],
            [new(timeframe, At(15), 180, 170, 182, 181, 3e7, "yahoo", "ohlc_order", "high 170 is below open 180", At(14), At(14), 2)],
            [FakeStories.Revision(timeframe, now)]);
    }
}
