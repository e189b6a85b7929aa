using System.Buffers;
using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using MimeKit;
using SmtpServer;
using SmtpServer.Authentication;
using SmtpServer.Protocol;
using SmtpServer.Storage;
using ServiceProvider = SmtpServer.ComponentModel.ServiceProvider;

namespace MarketData.Observability.Tests.Alerting;

/// <summary>
/// Those whom alerts reach: a webhook, Slack's address for messages, and a mail server, on this machine. Each takes what comes with its secret
/// and refuses all else. Beside them a service with whatever symptoms it is given, for Prometheus to scrape.
/// </summary>
internal sealed class ReceivedMessages : IAsyncDisposable
{
    /// <summary>What the webhook is called with.</summary>
    public const string WebhookToken = "webhook-secret";

    /// <summary>What the mail server asks for.</summary>
    public const string SmtpPassword = "smtp-secret";

    private const string SlackPath = "/services/T0/B0/slack-secret";

    private readonly WebApplication _web;
    private readonly SmtpServer.SmtpServer _smtp;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _mailing;

    private ReceivedMessages(WebApplication web, int smtpPort)
    {
        (_web, SmtpPort) = (web, smtpPort);
        var options = new SmtpServerOptionsBuilder().ServerName("localhost")
            .Endpoint(endpoint => endpoint.Port(smtpPort).AllowUnsecureAuthentication().AuthenticationRequired())
            .Build();
        var services = new ServiceProvider();
        services.Add(new Mailbox(Mails));
        services.Add(new Account());
        _smtp = new SmtpServer.SmtpServer(options, services);
        _mailing = _smtp.StartAsync(_stop.Token);
    }

    /// <summary>What the webhook got.</summary>
    public ConcurrentQueue<JsonElement> Webhooks { get; } = new();

    /// <summary>What Slack got.</summary>
    public ConcurrentQueue<JsonElement> SlackMessages { get; } = new();

    /// <summary>The mails that came.</summary>
    public ConcurrentQueue<MimeMessage> Mails { get; } = new();

    /// <summary>The metrics of the service, in Prometheus' text format.</summary>
    public string Symptoms { get; set; } = "";

    /// <summary>The address of webhook, Slack and service.</summary>
    public Uri Address => new(_web.Urls.Single());

    /// <summary>Slack's address for messages, which is itself the secret.</summary>
    public Uri SlackAddress => new(Address, SlackPath);

    /// <summary>The mail server's port.</summary>
    public int SmtpPort { get; }

    /// <summary>Starts all of them.</summary>
    /// <param name="smtpPort">A free port.</param>
    public static async Task<ReceivedMessages> StartAsync(int smtpPort)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var web = builder.Build();
        var received = new ReceivedMessages(web, smtpPort);
        web.MapGet("/metrics", () => Results.Text(received.Symptoms));
        web.MapPost("/alerts", (JsonElement message, HttpRequest request) =>
            Take(received.Webhooks, message, isAllowed: request.Headers.Authorization == $"Bearer {WebhookToken}"));
        web.MapPost(SlackPath, (JsonElement message) => Take(received.SlackMessages, message, isAllowed: true));
        await web.StartAsync(TestContext.Current.CancellationToken);
        return received;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _mailing;
        await _web.DisposeAsync();
        _stop.Dispose();
    }

    private static IResult Take(ConcurrentQueue<JsonElement> messages, JsonElement message, bool isAllowed)
    {
        if (!isAllowed)
            return Results.Unauthorized();
        messages.Enqueue(message.Clone());
        return Results.Ok();
    }

    private sealed class Mailbox(ConcurrentQueue<MimeMessage> mails) : MessageStore
    {
        public override async Task<SmtpResponse> SaveAsync(
            ISessionContext context, IMessageTransaction transaction, ReadOnlySequence<byte> buffer, CancellationToken cancellationToken)
        {
            using var text = new MemoryStream(buffer.ToArray());
            mails.Enqueue(await MimeMessage.LoadAsync(text, cancellationToken));
            return SmtpResponse.Ok;
        }
    }

    private sealed class Account : UserAuthenticator
    {
        public override Task<bool> AuthenticateAsync(ISessionContext context, string user, string password, CancellationToken cancellationToken) =>
            Task.FromResult((user, password) == ("marketdata@example.com", SmtpPassword));
    }
}
