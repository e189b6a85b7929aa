using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using MimeKit;
using SmtpServer;
using SmtpServer.Mail;
using SmtpServer.Protocol;
using SmtpServer.Storage;
using ServiceProvider = SmtpServer.ComponentModel.ServiceProvider;

namespace MarketData.Enrichment.Tests.Notifications;

/// <summary>A request that a receiver got.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Headers">Its headers.</param>
/// <param name="Body">Its body.</param>
internal sealed record ReceivedPost(string Path, IReadOnlyDictionary<string, string> Headers, string Body);

/// <summary>Real receivers on this machine: a server that takes what is posted, and answers as told, and a mail server.</summary>
internal sealed class LocalReceivers : IAsyncDisposable
{
    private readonly WebApplication _web;
    private readonly SmtpServer.SmtpServer _smtp;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _mailing;

    private LocalReceivers(WebApplication web, int smtpPort)
    {
        (_web, SmtpPort) = (web, smtpPort);
        var services = new ServiceProvider();
        services.Add(new Mailbox(Mails));
        services.Add(new Refusing());
        _smtp = new SmtpServer.SmtpServer(
            new SmtpServerOptionsBuilder().ServerName("localhost").Endpoint(endpoint => endpoint.Port(smtpPort)).Build(), services);
        _mailing = _smtp.StartAsync(_stop.Token);
    }

    /// <summary>What was posted, in order.</summary>
    public ConcurrentQueue<ReceivedPost> Posts { get; } = new();

    /// <summary>The mails that came.</summary>
    public ConcurrentQueue<MimeMessage> Mails { get; } = new();

    /// <summary>How a post is answered: by its path and how many came there before.</summary>
    public Func<string, int, IResult> Answer { get; set; } = (_, _) => Results.Ok();

    /// <summary>The address of what takes posts.</summary>
    public string Address => _web.Urls.Single();

    /// <summary>The mail server's port.</summary>
    public int SmtpPort { get; }

    /// <summary>A port of this machine that nobody has.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Starts them.</summary>
    public static async Task<LocalReceivers> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var web = builder.Build();
        var receivers = new LocalReceivers(web, FreePort());
        web.MapPost("/{**path}", async (HttpRequest request) =>
        {
            using var reader = new StreamReader(request.Body);
            var body = await reader.ReadToEndAsync();
            var path = request.Path.Value!;
            var before = receivers.Posts.Count(post => post.Path == path);
            receivers.Posts.Enqueue(new(path, request.Headers.ToDictionary(one => one.Key.ToLowerInvariant(), one => one.Value.ToString()), body));
            return receivers.Answer(path, before);
        });
        await web.StartAsync(TestContext.Current.CancellationToken);
        return receivers;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _mailing;
        await _web.DisposeAsync();
        _stop.Dispose();
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

    // Nobody has a mailbox of this name.
    private sealed class Refusing : MailboxFilter
    {
        public override Task<bool> CanDeliverToAsync(ISessionContext context, IMailbox to, IMailbox @from, CancellationToken cancellationToken) =>
            Task.FromResult(to.User != "nobody");
    }
}
