using System.Text.RegularExpressions;
using MarketData.Testing;
using MarketData.Testing.Tools;

namespace MarketData.Observability.Tests.Prometheus;

public sealed partial class AlertRulesTests
{
    private static readonly string Root = AppHostProcess.RepositoryRoot();
    private static readonly string Folder = Path.Combine(Root, "prometheus");
    private static readonly string Rules = File.ReadAllText(Path.Combine(Folder, "alerts.yml"));

    public static TheoryData<string> Alerts => [.. AlertNames().Select(match => match.Groups["name"].Value)];

    [Theory]
    [InlineData("check", "config", "prometheus.yml")]
    [InlineData("check", "rules", "alerts.yml", "recording.yml")]
    [InlineData("test", "rules", "tests/alerts_test.yml")]
    public async Task Promtool_agrees(params string[] arguments)
    {
        Assert.SkipUnless(Tool.Find("promtool") is not null, "promtool is not installed; it comes with Prometheus.");

        var (code, output) = await Tool.RunAsync(Folder, "promtool", arguments);

        code.ShouldBe(0, output);
    }

    [Theory]
    [InlineData("NoRunCompleted")]
    [InlineData("RunSuccessRateLow")]
    [InlineData("CircuitOpen")]
    [InlineData("RateLimitRejectionsRising")]
    [InlineData("SymbolsStale")]
    [InlineData("SymbolsDelisted")]
    [InlineData("CorporateActionsWaiting")]
    [InlineData("IdentityMismatch")]
    [InlineData("PriceLevelOdd")]
    [InlineData("QualityLow")]
    [InlineData("QueueNotDraining")]
    [InlineData("NoLiveNode")]
    [InlineData("JobDurationHigh")]
    [InlineData("DatabaseUnreachable")]
    [InlineData("ServiceDown")]
    public void What_was_promised_is_watched(string alert) => Alerts.Select(row => row.Data).ShouldContain(alert);

    [Theory]
    [MemberData(nameof(Alerts))]
    public void An_alert_says_how_bad_what_what_to_do_and_where_to_read_on(string alert)
    {
        var text = TextOf(alert);

        text.ShouldMatch(@"severity: (critical|warning)");
        text.ShouldMatch(@"summary: "".+""");
        text.ShouldMatch(@"description: "".+""");
        text.ShouldMatch(@"action: "".+""");
        var runbook = Runbook().Match(text).Groups["path"].Value;
        File.Exists(Path.Combine(Root, runbook)).ShouldBeTrue($"{alert} names the runbook '{runbook}'.");
        File.ReadAllText(Path.Combine(Root, runbook)).ShouldContain(alert);
    }

    [Theory]
    [MemberData(nameof(Alerts))]
    public void An_alert_is_tested_both_firing_and_quiet(string alert)
    {
        var tests = File.ReadAllText(Path.Combine(Folder, "tests", "alerts_test.yml"));

        Regex.IsMatch(tests, $@"alertname: {alert}, exp_alerts: \[\]").ShouldBeTrue("no test has it quiet");
        Regex.IsMatch(tests, $@"alertname: {alert}\s+exp_alerts:\s+- exp_labels").ShouldBeTrue("no test has it firing");
    }

    private static string TextOf(string alert)
    {
        var start = Rules.IndexOf($"- alert: {alert}\n", StringComparison.Ordinal);
        var end = Rules.IndexOf("- alert: ", start + 1, StringComparison.Ordinal);
        return end < 0 ? Rules[start..] : Rules[start..end];
    }

    private static MatchCollection AlertNames() => AlertName().Matches(Rules);

    [GeneratedRegex(@"- alert: (?<name>\w+)")]
    private static partial Regex AlertName();

    [GeneratedRegex(@"runbook_url: (?<path>\S+)")]
    private static partial Regex Runbook();
}
