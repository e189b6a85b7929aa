using MarketData.Web.Api;

namespace MarketData.Web.Presentation;

/// <summary>Quality over time as chart options.</summary>
public static class QualityChart
{
    /// <summary>Score, completeness and validation rate by day.</summary>
    public static object Of(IReadOnlyList<DailyQuality> days)
    {
        // Days without an expected candle would draw a hole every weekend.
        var judged = days.Where(day => day.ExpectedRecords > 0).OrderBy(day => day.MetricDate).ToList();
        var lowest = judged.SelectMany(day => new[] { day.AvgQualityScore, day.DataCompleteness, day.ValidationRate }).Min() ?? 0;
        return new
        {
            legend = new { },
            grid = new { left = 4, right = 28, top = 32, bottom = judged.Count > 60 ? 34 : 4, containLabel = true },
            tooltip = new { valueFormatter = "percent" },
            xAxis = new { type = "category", data = judged.Select(day => day.MetricDate.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture)) },
            yAxis = new { type = "value", min = Math.Max(0, Math.Floor(lowest * 10) / 10), max = 1, axisLabel = new { formatter = "percent" } },
            dataZoom = judged.Count > 60
                ? new object[] { new { type = "slider", height = 20, bottom = 4, start = Math.Max(0, 100 - 100.0 * 250 / judged.Count), end = 100, showDetail = false, brushSelect = false, borderColor = "transparent" } }
                : [],
            series = new[]
            {
                Line("Score", judged.Select(day => day.AvgQualityScore), "@series-1"),
                Line("Complete", judged.Select(day => day.DataCompleteness), "@series-3"),
                Line("Validated", judged.Select(day => day.ValidationRate), "@series-2"),
            },
        };
    }

    private static object Line(string name, IEnumerable<double?> values, string colour) => new
    {
        name,
        type = "line",
        showSymbol = false,
        sampling = "min",
        data = values,
        lineStyle = new { width = 1.5 },
        itemStyle = new { color = colour },
    };
}
