using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using MarketData.Testing;
using MarketData.Testing.Tools;

namespace MarketData.Observability.Tests.Alerting;

/// <summary>
/// A real Prometheus and a real Alertmanager with this repository's rules and example configuration, but for addresses and for waits, which
/// are as short as they can be.
/// </summary>
internal sealed partial class MonitoredService : IAsyncDisposable
{
    private static readonly string Sources = Path.Combine(AppHostProcess.RepositoryRoot(), "prometheus");

    private readonly string _directory = ScratchDirectory.Create("marketdata-alerting-").FullName;
    private readonly Uri _alertmanagerAddress = new(AppHostProcess.FreeAddress());
    private AppHostProcess? _prometheus;
    private AppHostProcess? _alertmanager;

    private MonitoredService(ReceivedMessages received) => Received = received;

    /// <summary>The service's symptoms, and what was told of them.</summary>
    public ReceivedMessages Received { get; }

    /// <summary>What both programs have printed.</summary>
    public string Output => $"{_prometheus?.Output}\n{_alertmanager?.Output}";

    /// <summary>The program; null where it is not installed. Debian puts the project's name before it.</summary>
    public static string? Alertmanager => Tool.Find("prometheus-alertmanager") ?? Tool.Find("alertmanager");

    /// <summary>Starts both.</summary>
    /// <param name="symptoms">The metrics of the service, in Prometheus' text format.</param>
    public static async Task<MonitoredService> StartAsync(string symptoms)
    {
        var service = new MonitoredService(await ReceivedMessages.StartAsync(new Uri(AppHostProcess.FreeAddress()).Port));
        service.Received.Symptoms = symptoms;
        service.StartAlertmanager();
        service.StartPrometheus();
        return service;
    }

    /// <summary>What Alertmanager makes of an alert: <c>active</c>, <c>suppressed</c>; null while it knows of none.</summary>
    public async Task<string?> StateAsync(string alert)
    {
        using var http = new HttpClient { BaseAddress = _alertmanagerAddress };
        var alerts = await http.GetFromJsonAsync<JsonElement>($"/api/v2/alerts?filter=alertname={alert}", TestContext.Current.CancellationToken);
        return alerts.EnumerateArray().Select(found => found.GetProperty("status").GetProperty("state").GetString()).FirstOrDefault();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_prometheus is not null)
            await _prometheus.DisposeAsync();
        if (_alertmanager is not null)
            await _alertmanager.DisposeAsync();
        await Received.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private void StartAlertmanager()
    {
        Write("secrets/slack-url", Received.SlackAddress.ToString());
        Write("secrets/smtp-password", ReceivedMessages.SmtpPassword);
        Write("secrets/webhook-token", ReceivedMessages.WebhookToken);
        Write("marketdata.tmpl", File.ReadAllText(Path.Combine(Sources, "alertmanager", "marketdata.tmpl")));
        var configuration = File.ReadAllText(Path.Combine(Sources, "alertmanager", "alertmanager.yml"))
            .Replace("/etc/alertmanager", _directory, StringComparison.Ordinal)
            .Replace("https://pager.example.com", Received.Address.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal)
            // Its certificate would be one that nobody trusts.
            .Replace("smtp.example.com:587", $"localhost:{Received.SmtpPort}\n  smtp_require_tls: false", StringComparison.Ordinal);
        Write("alertmanager.yml", GroupWait().Replace(configuration, "${name}: 1s"));
        _alertmanager = AppHostProcess.Start(
            Alertmanager!,
            [
                $"--config.file={_directory}/alertmanager.yml", $"--storage.path={_directory}/alertmanager",
                $"--web.listen-address={_alertmanagerAddress.Authority}", "--cluster.listen-address=",
            ]);
    }

    private void StartPrometheus()
    {
        foreach (var file in (string[])["prometheus.yml", "recording.yml", "alerts.yml"])
            Write(file, RuleWait().Replace(File.ReadAllText(Path.Combine(Sources, file)), "${name}: 1s"));
        Write("targets/service.json", $$"""[{ "targets": ["{{Received.Address.Authority}}"], "labels": { "service": "api" } }]""");
        Write("alertmanagers/alertmanager.json", $$"""[{ "targets": ["{{_alertmanagerAddress.Authority}}"] }]""");
        _prometheus = AppHostProcess.Start(
            Tool.Find("prometheus")!,
            [
                $"--config.file={_directory}/prometheus.yml", $"--storage.tsdb.path={_directory}/blocks",
                $"--web.listen-address={new Uri(AppHostProcess.FreeAddress()).Authority}",
            ]);
    }

    private void Write(string file, string text)
    {
        var path = Path.Combine(_directory, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    [GeneratedRegex(@"(?<name>group_wait|group_interval): \w+")]
    private static partial Regex GroupWait();

    [GeneratedRegex(@"(?<name>\bfor|\binterval|scrape_interval|evaluation_interval): \w+")]
    private static partial Regex RuleWait();
}
