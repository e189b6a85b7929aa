using System.Globalization;
using MarketData.Web.Api;

namespace MarketData.Web.Presentation;

/// <summary>The pipeline over time as chart options.</summary>
/// <param name="Calls">Calls, stacked.</param>
/// <param name="Response">The 95th percentile of response times, milliseconds.</param>
/// <param name="Candles">Candles fetched, stacked.</param>
/// <param name="Failures">Failed calls, stacked.</param>
/// <param name="ComputeTime">Mean computation time, milliseconds.</param>
/// <param name="Features">Feature values, stacked.</param>
/// <param name="Quality">Score, completeness and validation rate by day.</param>
/// <param name="Findings">Gaps, anomalies and rejected candles by day.</param>
public sealed record PipelineCharts(
    object Calls, object Response, object Candles, object Failures, object ComputeTime, object Features, object Quality, object Findings)
{
    /// <summary>Nothing to draw yet.</summary>
    public static PipelineCharts Empty { get; } = new(new { }, new { }, new { }, new { }, new { }, new { }, new { }, new { });

    /// <summary>Draws a window, by provider or by interval.</summary>
    /// <param name="series">The points.</param>
    /// <param name="byInterval">By interval instead of by provider.</param>
    /// <param name="window">How far back the charts reach.</param>
    /// <param name="now">Where they end.</param>
    public static PipelineCharts Of(MetricSeries series, bool byInterval, TimeSpan window, DateTimeOffset now)
    {
        var buckets = Buckets(series, window, now);
        var fetch = series.Fetch.GroupBy(p => byInterval ? p.Timeframe : p.Source).OrderBy(g => Rank(g.Key)).ThenBy(g => g.Key, StringComparer.Ordinal).ToList();
        var providers = fetch.ConvertAll(g => g.Key);
        var compute = series.Compute.GroupBy(p => p.Timeframe).OrderBy(g => Rank(g.Key)).ToList();
        return new(
            Over(buckets, "count", fetch.Select(g => Bars(g.Key, Colour(g.Key), buckets, Sums(g, p => p.Bucket, p => p.Total)))),
            Over(buckets, "milliseconds", fetch.Select(g => Line(g.Key, Colour(g.Key), buckets, g.GroupBy(p => p.Bucket).ToDictionary(b => b.Key, b => b.Max(p => p.P95ResponseTimeMs))))),
            Over(buckets, "compact", fetch.Select(g => Bars(g.Key, Colour(g.Key), buckets, Sums(g, p => p.Bucket, p => p.RecordsFetched)))),
            Over(buckets, "count", fetch.Select(g => Bars(g.Key, Colour(g.Key), buckets, Sums(g, p => p.Bucket, p => p.Failed)))),
            Over(
                buckets, "milliseconds",
                compute.Select(g => Line(g.Key, Colour(g.Key), buckets, g.GroupBy(p => p.Bucket).ToDictionary(b => b.Key, Mean)))),
            Over(buckets, "compact", compute.Select(g => Bars(g.Key, Colour(g.Key), buckets, Sums(g, p => p.Bucket, p => p.FeaturesComputed)))),
            QualityByDay(series.Quality),
            FindingsByDay(series.Quality));

        // The same in each chart; an interval's whatever else is in it.
        string Colour(string key) => $"@series-{(Rank(key) is >= 0 and var interval ? interval : providers.IndexOf(key)) % 6 + 1}";
    }

    // Every stretch of the window gets its place, so that a quiet night shows as one.
    private static List<DateTimeOffset> Buckets(MetricSeries series, TimeSpan window, DateTimeOffset now)
    {
        var step = TimeSpan.FromSeconds(Math.Max(1, series.BucketSeconds));
        var known = series.Fetch.Select(p => p.Bucket).Concat(series.Compute.Select(p => p.Bucket)).Distinct().Order().ToList();
        var anchor = known.Count > 0 ? known[^1] : now;
        while (anchor + step <= now)
            anchor += step;
        var buckets = new List<DateTimeOffset>();
        for (var bucket = anchor; bucket > now - window - step; bucket -= step)
            buckets.Add(bucket);
        return [.. buckets.Concat(known).Distinct().Order()];
    }

    private static Dictionary<DateTimeOffset, double?> Sums<T>(
        IEnumerable<T> points, Func<T, DateTimeOffset> bucket, Func<T, long> value) =>
        points.GroupBy(bucket).ToDictionary(b => b.Key, b => (double?)b.Sum(value));

    private static double? Mean(IEnumerable<ComputePoint> points)
    {
        var timed = points.Where(p => p is { AvgComputationTimeMs: not null, Total: > 0 }).ToList();
        return timed.Count == 0 ? null : timed.Sum(p => p.AvgComputationTimeMs * p.Total) / timed.Sum(p => p.Total);
    }

    private static object Over(List<DateTimeOffset> buckets, string format, IEnumerable<object> series) => new
    {
        legend = new { },
        grid = new { left = 4, right = 12, top = 32, bottom = 4, containLabel = true },
        tooltip = new { valueFormatter = format },
        xAxis = new
        {
            type = "time",
            min = buckets.Count > 0 ? buckets[0].ToUnixTimeMilliseconds() : (long?)null,
            max = buckets.Count > 0 ? buckets[^1].ToUnixTimeMilliseconds() : (long?)null,
        },
        yAxis = new { type = "value", min = 0, minInterval = format == "milliseconds" ? 0 : 1, splitNumber = 4, axisLabel = new { formatter = format } },
        series,
    };

    private static object Bars(string key, string colour, List<DateTimeOffset> buckets, Dictionary<DateTimeOffset, double?> values) => new
    {
        name = Names.Provider(key),
        type = "bar",
        stack = "all",
        barMaxWidth = 28,
        itemStyle = new { color = colour },
        data = buckets.Select(b => new object?[] { b.ToUnixTimeMilliseconds(), values.GetValueOrDefault(b) ?? 0 }),
    };

    private static object Line(string key, string colour, List<DateTimeOffset> buckets, Dictionary<DateTimeOffset, double?> values) => new
    {
        name = Names.Provider(key),
        type = "line",
        connectNulls = true,
        symbolSize = 5,
        showSymbol = values.Count <= 48,
        lineStyle = new { width = 2 },
        itemStyle = new { color = colour },
        data = buckets.Select(b => new object?[] { b.ToUnixTimeMilliseconds(), values.GetValueOrDefault(b) }),
    };

    private static object QualityByDay(IReadOnlyList<QualityPoint> days)
    {
        var lowest = days.SelectMany(d => new[] { d.AvgQualityScore, d.DataCompleteness, d.ValidationRate }).Min() ?? 0;
        return new
        {
            legend = new { },
            grid = new { left = 4, right = 12, top = 32, bottom = 4, containLabel = true },
            tooltip = new { valueFormatter = "percent" },
            xAxis = new { type = "category", data = Dates(days) },
            yAxis = new { type = "value", min = Math.Max(0, Math.Floor(lowest * 20) / 20), max = 1, splitNumber = 4, axisLabel = new { formatter = "percent" } },
            series = new[]
            {
                Daily("Score", "@series-1", days.Select(d => d.AvgQualityScore)),
                Daily("Complete", "@series-3", days.Select(d => d.DataCompleteness)),
                Daily("Validated", "@series-2", days.Select(d => d.ValidationRate)),
            },
        };
    }

    private static object FindingsByDay(IReadOnlyList<QualityPoint> days) => new
    {
        legend = new { },
        grid = new { left = 4, right = 12, top = 32, bottom = 4, containLabel = true },
        tooltip = new { valueFormatter = "count" },
        xAxis = new { type = "category", data = Dates(days) },
        yAxis = new { type = "value", min = 0, minInterval = 1, splitNumber = 4, axisLabel = new { formatter = "count" } },
        series = new[]
        {
            Stacked("Gaps", "@bad", days.Select(d => d.GapsDetected)),
            Stacked("Anomalies", "@warn", days.Select(d => d.AnomaliesDetected)),
            Stacked("Rejected", "@stale", days.Select(d => d.RejectedRecords)),
        },
    };

    private static IEnumerable<string> Dates(IReadOnlyList<QualityPoint> days) =>
        days.Select(d => d.MetricDate.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));

    private static object Daily(string name, string colour, IEnumerable<double?> data) =>
        new { name, type = "line", symbolSize = 5, showSymbol = data.Count() <= 31, lineStyle = new { width = 2 }, itemStyle = new { color = colour }, data };

    private static object Stacked(string name, string colour, IEnumerable<long> data) =>
        new { name, type = "bar", stack = "all", barMaxWidth = 28, itemStyle = new { color = colour }, data };

    private static int Rank(string key) => Names.Timeframes.ToList().IndexOf(key);
}
