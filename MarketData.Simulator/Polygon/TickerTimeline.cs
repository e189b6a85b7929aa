using System.Globalization;

namespace MarketData.Simulator.Polygon;

/// <summary>The tickers under which Polygon has listed a company: what was traded under one is served under no other.</summary>
internal static class TickerTimeline
{
    private static readonly ILookup<string, (string Ticker, DateOnly Since)> Changes = new[]
    {
        ("QQQ", "QQQ", "1999-03-10"),
        ("QQQ", "QQQQ", "2004-12-01"),
        ("QQQ", "QQQ", "2011-03-23"),
        ("META", "FB", "2012-05-18"),
        ("META", "META", "2022-06-09"),
    }.ToLookup(change => change.Item1, change => (change.Item2, DateOnly.ParseExact(change.Item3, "yyyy-MM-dd", CultureInfo.InvariantCulture)));

    /// <summary>The present ticker of the company that had a ticker at some time.</summary>
    public static string PresentOf(string ticker) =>
        Changes.FirstOrDefault(company => company.Any(change => change.Ticker == ticker))?.Key ?? ticker;

    /// <summary>A company's tickers, the present one first, each with the day since which it had it; none when it never changed.</summary>
    public static IEnumerable<(string Ticker, DateOnly Since)> Of(string present) => Changes[present].OrderByDescending(change => change.Since);

    /// <summary>Whether a company went by a ticker on a day.</summary>
    public static bool IsServed(string present, string ticker, DateOnly day) =>
        !Changes.Contains(present) || Of(present).FirstOrDefault(change => change.Since <= day).Ticker == ticker;
}
