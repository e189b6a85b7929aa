using MarketData.Web.Api;

namespace MarketData.Web.Presentation;

/// <summary>Missing candles to mark on the chart.</summary>
/// <param name="Start">The first missing instant, in milliseconds since 1970, UTC.</param>
/// <param name="Text">What is missing, for the line above the chart.</param>
public sealed record ChartGap(long Start, string Text)
{
    /// <summary>The gaps of one interval.</summary>
    public static IReadOnlyList<ChartGap> Of(string timeframe, QualityReport report) =>
    [
        .. report.Gaps.Where(gap => gap.Timeframe == timeframe).Select(gap => new ChartGap(
            gap.Start.ToUnixTimeMilliseconds(),
            $"Gap: {Format.Count(gap.Length, "candle")} missing before this one")),
    ];
}
