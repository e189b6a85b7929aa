using MarketData.Web.Api;

namespace MarketData.Web.Presentation;

/// <summary>How a provider did over time as chart options, with the changes of its circuits marked.</summary>
/// <param name="Requests">Requests answered, failed and not made, stacked.</param>
/// <param name="Latency">Mean and 95th percentile of response times, milliseconds.</param>
public sealed record ProviderCharts(object Requests, object Latency)
{
    /// <summary>Nothing to draw yet.</summary>
    public static ProviderCharts Empty { get; } = new(new { }, new { });

    /// <summary>Draws a window.</summary>
    /// <param name="detail">What is known of the provider.</param>
    /// <param name="window">How far back the charts reach.</param>
    /// <param name="now">Where they end.</param>
    public static ProviderCharts Of(ProviderDetail detail, TimeSpan window, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(detail);
        var step = TimeSpan.FromSeconds(Math.Max(1, detail.BucketSeconds));
        var last = new DateTimeOffset(now.UtcTicks - (now.UtcTicks % step.Ticks), TimeSpan.Zero);
        var points = detail.Points.ToDictionary(point => point.Bucket.UtcDateTime);
        var buckets = Enumerable.Range(0, (int)(window / step) + 1).Select(back => last - back * step).Reverse().ToList();
        var marks = Marks(detail.Circuits, buckets[0], now);
        return new(
            Over(
                buckets, "count",
                [
                    Bars("Answered", "@series-1", point => point.Sent - point.Failed),
                    Bars("Failed", "@bad", point => point.Failed, marks),
                    Bars("Not asked", "@stale", point => point.NotAsked),
                ]),
            Over(
                buckets, "milliseconds",
                [Line("Mean", "@series-1", point => point.AvgLatencyMs, marks), Line("p95", "@series-2", point => point.P95LatencyMs)]));

        object[] Values(Func<ProviderPoint, double?> value) =>
            [.. buckets.Select(bucket => (object)new object?[] { bucket.ToUnixTimeMilliseconds(), points.GetValueOrDefault(bucket.UtcDateTime) is { } point ? value(point) : null })];

        object Bars(string name, string colour, Func<ProviderPoint, double?> value, object? markLine = null) => new
        {
            name,
            type = "bar",
            stack = "all",
            barMaxWidth = 28,
            itemStyle = new { color = colour },
            markLine = markLine ?? new { },
            data = Values(value),
        };

        object Line(string name, string colour, Func<ProviderPoint, double?> value, object? markLine = null) => new
        {
            name,
            type = "line",
            connectNulls = false,
            symbolSize = 5,
            showSymbol = true,
            lineStyle = new { width = 2 },
            itemStyle = new { color = colour },
            markLine = markLine ?? new { },
            data = Values(value),
        };
    }

    private static object Over(List<DateTimeOffset> buckets, string format, object[] series) => new
    {
        legend = new { },
        grid = new { left = 4, right = 12, top = 48, bottom = 4, containLabel = true },
        tooltip = new { valueFormatter = format },
        xAxis = new { type = "time", min = buckets[0].ToUnixTimeMilliseconds(), max = buckets[^1].ToUnixTimeMilliseconds() },
        yAxis = new { type = "value", min = 0, minInterval = format == "milliseconds" ? 0 : 1, splitNumber = 4, axisLabel = new { formatter = format } },
        series,
    };

    // A half-open circuit is open or closed a moment later.
    private static object Marks(IReadOnlyList<CircuitTransition> changes, DateTimeOffset from, DateTimeOffset to)
    {
        var (marks, named) = (new List<object>(), DateTimeOffset.MinValue);
        foreach (var change in changes.Where(change => change.ChangedAt >= from && change.ToState != "half_open").OrderBy(change => change.ChangedAt))
        {
            var style = StatusStyle.Of(change.ToState);
            // Names that stand closer than that run into each other.
            var isNamed = change.ChangedAt - named > (to - from) / 8;
            if (isNamed)
                named = change.ChangedAt;
            marks.Add(new
            {
                name = style.Word.ToLowerInvariant(),
                xAxis = change.ChangedAt.ToUnixTimeMilliseconds(),
                label = new { show = isNamed },
                lineStyle = new { color = $"@{style.Tone}", type = "dashed", width = 1.5 },
            });
        }

        return new { silent = true, symbol = "none", label = new { formatter = "{b}", color = "@quiet", fontSize = 11 }, data = marks };
    }
}
