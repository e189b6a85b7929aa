using System.Globalization;
using MarketData.Web.Api;
using Microsoft.AspNetCore.Http;

namespace MarketData.Web.Tests.Fakes;

/// <summary>What the fake Api tells of single candles.</summary>
internal static class FakeStories
{
    /// <summary>The run that replaced values.</summary>
    public static Guid Run { get; } = Guid.Parse("0190b6a4-6c1e-7c64-8a5e-3f6d1f0a2b11");

    /// <summary>A candle of ten days ago that another provider corrected a day later.</summary>
    public static Revision Revision(string timeframe, DateTimeOffset now)
    {
        var day = new DateTimeOffset(now.UtcDateTime.Date.AddDays(-10), TimeSpan.Zero);
        return new(
            timeframe, day, day, day.AddDays(1), 181.1, 183.4, 180.2, 182.9, 5.2e7, "polygon", 1, "other_provider", Run, "nightly",
            new(181.1, 183.4, 180.2, 183.7, 5.4e7, "yahoo", 0.95));
    }

    /// <summary>A hundred candles, of which two differ and one is of the first provider alone; Binance refuses.</summary>
    public static IResult Compare(string symbol, string provider, string other, string timeframe, string? start, DateTimeOffset now)
    {
        if (start == "1999-01-01")
            return Results.ValidationProblem(new Dictionary<string, string[]> { ["start"] = ["'start' must lie so that the range has at most 2000 bars of 1d."] });
        var first = new DateTimeOffset(now.UtcDateTime.Date.AddDays(-100), TimeSpan.Zero);
        var refused = other == "binance";
        ComparedBar[] bars = [.. Enumerable.Range(0, 100).Select(n =>
        {
            var (close, apart) = (100 + n / 10.0, n is 50 or 60 ? 1.02 : 1.0001);
            var one = new ProviderBar(first.AddDays(n), close, close + 1, close - 1, close, 1e6);
            var two = refused || n == 70 ? null : new ProviderBar(first.AddDays(n), close, n == 50 ? close + 9 : close + 1, close - 1, close * apart, 2e6);
            return new ComparedBar(first.AddDays(n), one, two, two is null ? null : apart - 1);
        })];
        return Results.Ok(new ProviderComparison(
            symbol, timeframe, first, now, provider, other, refused ? new Dictionary<string, string> { ["binance"] = $"does not serve {timeframe} bars of {symbol}, or is not enabled." } : [],
            refused ? 0 : 99, refused ? 0 : 2, 0.005, refused ? null : 0.02, refused ? null : 0.0005, refused ? 100 : 1, 0, bars));
    }

    /// <summary>Three versions on record, scored and adjusted; of 2019 nothing but a bar that was refused.</summary>
    public static CandleStory Of(string symbol, string timeframe, string timestamp, DateTimeOffset now)
    {
        var at = DateTimeOffset.Parse(timestamp, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        CandleVersion Version(int hours, int? until, double close, string source, string cause, Guid? run) => new(
            at.AddHours(hours), until is { } end ? at.AddHours(end) : null, 181.1, 183.4, 180.2, close, 5.2e7, null, null, source, true, 0.8,
            ["volume_anomaly", "fallback_source"], cause, run, run is null ? null : 10_000, run is null ? null : "nightly", null, run is null ? null : new string('a', 32));
        RejectedBar[] refused = [new(timeframe, at, 180, 170, 182, 181, 3e7, "yahoo", "ohlc_order", "high 170 is below open 180", now, now, 2)];
        if (at.Year == 2019)
            return new(symbol, timeframe, at, [], null, null, [], refused, []);
        CandleAdjustment[] dividends = [.. Enumerable.Range(1, 12).Select(n => new CandleAdjustment("dividend", DateOnly.FromDateTime(at.UtcDateTime).AddDays(30 * n), null, null, 0.26, "USD", "polygon", 0.9986))];
        return new(
            symbol, timeframe, at,
            [Version(30, 54, 182.9, "polygon", "fetched", null), Version(54, 78, 182.91, "polygon", "corrected", Run), Version(78, null, 183.7, "yahoo", "other_provider", Run)],
            new(0.8, false, [new("volume_anomaly", 0.15, "The volume is over ten times, or under a tenth, of the median of the twenty candles before."), new("fallback_source", 0.05, "Supplied by another than the first provider for the instrument.")]),
            new(45.1, 45.7, 44.9, 45.8, 2.1e8),
            [.. dividends, new("split", DateOnly.FromDateTime(at.UtcDateTime).AddDays(400), 1, 4, null, null, "yahoo", 0.25)],
            [], [new(DateOnly.FromDateTime(at.UtcDateTime), "polygon", "yahoo", timeframe, 1, 0, 0, 0.0044, 0.0044, 0, 0, 1, now)]);
    }
}
