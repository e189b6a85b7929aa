using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using MarketData.Observability.Tests.Grafana;
using MarketData.Testing;
using MarketData.Testing.Tools;

namespace MarketData.Observability.Tests.Running;

/// <summary>What is drawn and alerted on exists: every expression is put to a Prometheus that scrapes the running system.</summary>
[Collection(ObservedSystem.Turns)]
public sealed partial class PrometheusQueryTests(ObservedSystem system)
{
    private static readonly TimeSpan WaitLimit = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task Every_panel_and_alert_has_data_to_look_at()
    {
        Assert.SkipUnless(Tool.Find("prometheus") is not null, "Prometheus is not installed.");
        await system.StartAsync();
        using var prometheus = new HttpClient { BaseAddress = system.Running.Address("prometheus") };
        // A rate needs a sample from before the events.
        await Eventually.BecomesAsync(
            () => HasDataAsync(prometheus, "marketdata_enrichment_job_duration_seconds_count"), WaitLimit, TestContext.Current.CancellationToken);
        await MakeEventsAsync(prometheus);

        var missing = Expressions().ToDictionary(expression => expression.Query, expression => expression.Where);
        var elapsed = TimeProvider.System.GetTimestamp();
        do
        {
            foreach (var query in missing.Keys.ToList())
            {
                if (await HasDataAsync(prometheus, query))
                    missing.Remove(query);
            }

            if (missing.Count > 0)
                await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        }
        while (missing.Count > 0 && TimeProvider.System.GetElapsedTime(elapsed) < WaitLimit);

        missing.Select(pair => $"{pair.Value}: {pair.Key}").ShouldBeEmpty();
        await RulesAreHealthyAsync(prometheus);
    }

    // One of everything that is counted: retries, an open circuit, a job that fails for good, findings, rejections and bulk files.
    private async Task MakeEventsAsync(HttpClient prometheus)
    {
        await system.FaultAsync(new { kind = "price_spike", symbol = "MSFT", endpoint = "candles", bar_rate = 0.01 });
        await system.FaultAsync(new { kind = "impossible_candle", symbol = "SPY", endpoint = "candles", bar_rate = 0.01 });
        await system.RunEndedAsync(await system.TriggerAsync("MSFT", "SPY", "BTC-USD"));
        await system.FaultAsync(new { kind = "server_error", provider = "polygon", count = 8 });
        await system.FaultAsync(new { kind = "unknown_symbol", symbol = "AAPL", endpoint = "candles" });
        await system.RunEndedAsync(await system.TriggerAsync("AAPL"));
        using var bulk = await system.Http.PostAsync("/api/v1/bulk", null, TestContext.Current.CancellationToken);
        bulk.EnsureSuccessStatusCode();
        using var unwanted = await system.Simulator.DeleteAsync("/simulator/faults", TestContext.Current.CancellationToken);
        // Nor do manual runs have a rate when all of them ended before the first sample that counts any.
        await Eventually.BecomesAsync(
            () => HasDataAsync(prometheus, "marketdata_enrichment_run_duration_seconds_count{trigger=\"manual\"}"),
            WaitLimit, TestContext.Current.CancellationToken);
        await system.RunEndedAsync(await system.TriggerAsync("MSFT", "SPY", "BTC-USD"));
    }

    private static IEnumerable<(string Where, string Query)> Expressions()
    {
        var panels =
            from dashboard in Dashboards.All()
            from panel in dashboard.Panels
            from expression in panel.Expressions
            select ($"{dashboard.Uid}, {panel.Title}", WithValues(expression));
        var root = Path.Combine(AppHostProcess.RepositoryRoot(), "prometheus");
        var series =
            from file in (string[])["alerts.yml", "recording.yml"]
            from selector in SelectorsIn(File.ReadAllText(Path.Combine(root, file)))
            select (file, selector);
        return panels.Concat(series).DistinctBy(pair => pair.Item2);
    }

    // Grafana's variables as they stand when a dashboard is opened.
    private static string WithValues(string expression) => expression
        .Replace("$__rate_interval", "1m", StringComparison.Ordinal)
        .Replace("$__range", "1h", StringComparison.Ordinal)
        .Replace("$provider", ".*", StringComparison.Ordinal)
        .Replace("$symbol", ".*", StringComparison.Ordinal)
        .Replace("$timeframe", ".*", StringComparison.Ordinal)
        .Replace("$service", ".*", StringComparison.Ordinal);

    // An alert has data only while it fires. What can be asked at any time is whether the series that it looks at are there, with the labels.
    private static IEnumerable<string> SelectorsIn(string rules) =>
        from expression in Expression().Matches(rules).Select(match => match.Groups["inline"].Success ? match.Groups["inline"].Value : match.Groups["block"].Value)
        from selector in Selector().Matches(expression).Select(match => match.Value)
        select MatcherValue().Replace(selector, "=~\".+\"");

    private static async Task<bool> HasDataAsync(HttpClient prometheus, string query)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var url = string.Create(CultureInfo.InvariantCulture, $"/api/v1/query_range?query={Uri.EscapeDataString(query)}&start={now - 600}&end={now}&step=5");
        var answer = await (await prometheus.GetAsync(url, TestContext.Current.CancellationToken)).Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        answer.GetProperty("status").GetString().ShouldBe("success", $"{query}: {answer}");
        return answer.GetProperty("data").GetProperty("result").EnumerateArray()
            .SelectMany(series => series.GetProperty("values").EnumerateArray())
            .Any(sample => sample[1].GetString() != "NaN");
    }

    private static async Task RulesAreHealthyAsync(HttpClient prometheus)
    {
        var answer = await prometheus.GetFromJsonAsync<JsonElement>("/api/v1/rules", TestContext.Current.CancellationToken);
        var rules = answer.GetProperty("data").GetProperty("groups").EnumerateArray().SelectMany(group => group.GetProperty("rules").EnumerateArray()).ToList();

        rules.Count(rule => rule.GetProperty("type").GetString() == "alerting").ShouldBeGreaterThanOrEqualTo(11);
        rules.Where(rule => rule.GetProperty("health").GetString() != "ok").Select(rule => rule.ToString()).ShouldBeEmpty();
    }

    [GeneratedRegex(@"^\s+expr: (?:>-\n(?<block>(?:\s{10,}.*\n)+)|(?<inline>.+)\n)", RegexOptions.Multiline)]
    private static partial Regex Expression();

    [GeneratedRegex(@"\b(?:marketdata[a-z0-9_:]+|up|dotnet_\w+)(?:\{[^}]*\})?")]
    private static partial Regex Selector();

    [GeneratedRegex(@"(?:=~?|!=|!~)""[^""]*""")]
    private static partial Regex MatcherValue();
}
