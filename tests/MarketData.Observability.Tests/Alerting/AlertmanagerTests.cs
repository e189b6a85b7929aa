using System.Text.Json;
using MarketData.Testing;
using MarketData.Testing.Tools;

namespace MarketData.Observability.Tests.Alerting;

/// <summary>The example configuration of Alertmanager: whom it tells of what.</summary>
public sealed class AlertmanagerTests
{
    private const string Healthy = "marketdata_enrichment_nodes_live 1\n";
    private const string Delisted = "marketdata_enrichment_symbols{status=\"delisted\"} 3\n";
    private const string NoDatabase = "marketdata_health_status{check=\"PostgreSql\"} 0\n";
    private const string Database = "marketdata_health_status{check=\"PostgreSql\"} 1\n";
    private const string DelistedTitle = "[WARNING] MarketData: SymbolsDelisted";
    private const string Runbook = "https://git.example.com/marketdata/blob/main/docs/runbooks/";

    private static readonly TimeSpan WaitLimit = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Amtool_agrees()
    {
        Assert.SkipUnless(Tool.Find("amtool") is not null, "amtool is not installed; it comes with Alertmanager.");

        var (code, output) = await Tool.RunAsync(
            Path.Combine(AppHostProcess.RepositoryRoot(), "prometheus", "alertmanager"), "amtool", "check-config", "alertmanager.yml");

        code.ShouldBe(0, output);
    }

    [Fact]
    public async Task An_alert_reaches_each_receiver_with_its_runbook_and_so_does_its_end()
    {
        Assert.SkipUnless(Tool.Find("prometheus") is not null, "Prometheus is not installed.");
        Assert.SkipUnless(MonitoredService.Alertmanager is not null, "Alertmanager is not installed.");
        await using var service = await MonitoredService.StartAsync(Healthy + NoDatabase);
        var received = service.Received;

        await HappensAsync(service, () => IsToldOn(received, "firing"));

        ShouldSay(received, "[CRITICAL] MarketData: DatabaseUnreachable", "What to do: Bring the server back");

        // What follows from it is not told, until it is over.
        received.Symptoms = Healthy + NoDatabase + Delisted;
        await Eventually.BecomesAsync(
            async () => await service.StateAsync("SymbolsDelisted") == "suppressed", WaitLimit, TestContext.Current.CancellationToken);
        SlackOn(received, DelistedTitle).ShouldBeEmpty();

        received.Symptoms = Healthy + Database + Delisted;
        await HappensAsync(service, () => IsToldOn(received, "resolved") && SlackOn(received, DelistedTitle).Any());

        ShouldSay(received, "[RESOLVED] MarketData: DatabaseUnreachable", "Over since");
        Attachment(SlackOn(received, DelistedTitle).First(), "text").ShouldContain($"{Runbook}symbol-delisted.md");
        // A warning wakes nobody.
        received.Webhooks.Select(AlertOf).ShouldNotContain("SymbolsDelisted");
        received.Mails.Select(mail => mail.Subject).ShouldNotContain(DelistedTitle);
    }

    private static bool IsToldOn(ReceivedMessages received, string status)
    {
        var title = status == "firing" ? "[CRITICAL] MarketData: DatabaseUnreachable" : "[RESOLVED] MarketData: DatabaseUnreachable";
        return received.Webhooks.Any(message => AlertOf(message) == "DatabaseUnreachable" && message.GetProperty("status").GetString() == status)
            && SlackOn(received, title).Any()
            && received.Mails.Any(mail => mail.Subject == title);
    }

    private static void ShouldSay(ReceivedMessages received, string title, string sentence)
    {
        received.Webhooks.Last(message => AlertOf(message) == "DatabaseUnreachable")
            .GetProperty("alerts")[0].GetProperty("annotations").GetProperty("runbook_url").GetString()
            .ShouldBe("docs/runbooks/database-unreachable.md");
        var slack = SlackOn(received, title).Single();
        slack.GetProperty("channel").GetString().ShouldBe("#marketdata");
        var mail = received.Mails.Single(mail => mail.Subject == title);
        mail.To.ToString().ShouldBe("on-call@example.com");
        foreach (var text in (string[])[Attachment(slack, "text"), mail.TextBody!])
        {
            text.ShouldContain("api cannot reach the database");
            text.ShouldContain(sentence);
            text.ShouldContain($"{Runbook}database-unreachable.md");
        }
    }

    private static string? AlertOf(JsonElement webhook) => webhook.GetProperty("groupLabels").GetProperty("alertname").GetString();

    private static IEnumerable<JsonElement> SlackOn(ReceivedMessages received, string title) =>
        received.SlackMessages.Where(message => Attachment(message, "title") == title);

    private static string Attachment(JsonElement slack, string property) =>
        slack.GetProperty("attachments")[0].GetProperty(property).GetString()!;

    private static async Task HappensAsync(MonitoredService service, Func<bool> condition)
    {
        try
        {
            await Eventually.BecomesAsync(condition, WaitLimit, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException e)
        {
            var received = service.Received;
            var messages = received.Webhooks.Concat(received.SlackMessages).Select(message => message.ToString())
                .Concat(received.Mails.Select(mail => mail.Subject));
            throw new ShouldAssertException($"{string.Join('\n', messages)}\n{service.Output}", e);
        }
    }
}
