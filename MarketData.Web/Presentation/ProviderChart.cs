using MarketData.Web.Api;

namespace MarketData.Web.Presentation;

/// <summary>Two providers' candles side by side, as chart options and in words.</summary>
public static class ProviderChart
{
    /// <summary>The closes of both by candle.</summary>
    public static object Of(ProviderComparison comparison) => new
    {
        legend = new { },
        grid = new { left = 4, right = 28, top = 32, bottom = 4, containLabel = true },
        tooltip = new { valueFormatter = "count" },
        xAxis = new { type = "category", data = comparison.Bars.Select(bar => Format.BarTime(bar.Timestamp, comparison.Timeframe)) },
        yAxis = new { type = "value", scale = true },
        series = new[]
        {
            Line(comparison.Provider, comparison.Bars.Select(bar => bar.Bar?.Close), "@series-1"),
            Line(comparison.OtherProvider, comparison.Bars.Select(bar => bar.OtherBar?.Close), "@series-2"),
        },
    };

    /// <summary>What lies further apart than it may beside the closes, with both values.</summary>
    public static IReadOnlyList<string> Others(ComparedBar bar, double tolerance) => bar is not { Bar: { } one, OtherBar: { } two } ? [] :
    [
        .. Apart("open", one.Open, two.Open, tolerance), .. Apart("high", one.High, two.High, tolerance), .. Apart("low", one.Low, two.Low, tolerance),
    ];

    private static IEnumerable<string> Apart(string name, double? value, double? other, double tolerance) =>
        value is { } one && other is { } two && Math.Abs(one - two) > tolerance * (Math.Abs(one) + Math.Abs(two)) / 2
            ? [$"{name} {Format.Price(one)} and {Format.Price(two)}"]
            : [];

    private static object Line(string provider, IEnumerable<double?> closes, string colour) => new
    {
        name = Names.Provider(provider),
        type = "line",
        showSymbol = false,
        data = closes,
        lineStyle = new { width = 1.5 },
        itemStyle = new { color = colour },
    };
}
