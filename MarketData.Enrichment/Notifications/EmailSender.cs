using System.Globalization;
using MailKit.Net.Smtp;
using MailKit.Security;
using MarketData.Storage.Notifications;
using Microsoft.Extensions.Options;
using MimeKit;

namespace MarketData.Enrichment.Notifications;

/// <summary>Sends e-mail through the server of <see cref="SmtpOptions"/>.</summary>
public sealed class EmailSender(IOptions<NotificationOptions> options, MessageWords words, TimeProvider time) : IMessageSender
{
    /// <inheritdoc/>
    public string Kind => ReceiverKinds.Email;

    /// <inheritdoc/>
    public async Task SendAsync(ClaimedDelivery delivery, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        var server = options.Value.Smtp;
        if (string.IsNullOrWhiteSpace(server.Host))
            throw new DeliveryException("No mail server is set: Notifications:Smtp:Host of the enrichment service is empty.", isFinal: true);
        using var message = Message(delivery, server);
        using var timeout = new CancellationTokenSource(options.Value.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        try
        {
            using var client = new SmtpClient();
            await client.ConnectAsync(server.Host, server.Port, Encryption(server.Security), either.Token);
            if (!string.IsNullOrEmpty(server.UserName))
                await client.AuthenticateAsync(server.UserName, server.Password!, either.Token);
            await client.SendAsync(message, either.Token);
            await client.DisconnectAsync(quit: true, either.Token);
        }
        catch (OperationCanceledException e) when (timeout.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new DeliveryException($"The mail server did not take it within {options.Value.Timeout.TotalSeconds:0} s.", inner: e);
        }
        catch (SmtpCommandException e)
        {
            // What begins with 5 is an error that stays, with 4 one that passes.
            throw new DeliveryException($"The mail server answered {(int)e.StatusCode}: {e.Message.Trim()}", isFinal: (int)e.StatusCode >= 500, inner: e);
        }
        catch (AuthenticationException e)
        {
            throw new DeliveryException("The mail server refused Notifications:Smtp:UserName and its password.", inner: e);
        }
        catch (Exception e) when (e is SslHandshakeException or NotSupportedException)
        {
            throw new DeliveryException(
                $"No secure connection to the mail server comes about by Notifications:Smtp:Security {server.Security}: {e.Message.Split('\n')[0].Trim()}", inner: e);
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException or SmtpProtocolException)
        {
            throw new DeliveryException($"The mail server {server.Host}:{server.Port} can't be reached, or broke off.", inner: e);
        }
    }

    private MimeMessage Message(ClaimedDelivery delivery, SmtpOptions server)
    {
        var from = MailboxAddress.Parse(server.From!);
        var message = new MimeMessage
        {
            Subject = $"[MarketData] {delivery.Title}",
            Date = delivery.CreatedAt,
            // The same in each attempt: where an answer was lost, mail programs show the message once.
            MessageId = string.Create(CultureInfo.InvariantCulture, $"notification-{delivery.Id}@{from.Domain}"),
            Body = new TextPart("plain")
            {
                Text = words.LinkOf(delivery.Occasion) is { } link ? $"{delivery.Body}\n\n{link}\n" : $"{delivery.Body}\n",
            },
        };
        message.From.Add(from);
        message.To.AddRange(delivery.Mailboxes!.Select(MailboxAddress.Parse));
        message.Headers.Add(HeaderId.AutoSubmitted, "auto-generated");
        return message;
    }

    private static SecureSocketOptions Encryption(SmtpSecurity security) => security switch
    {
        SmtpSecurity.Tls => SecureSocketOptions.SslOnConnect,
        SmtpSecurity.None => SecureSocketOptions.None,
        _ => SecureSocketOptions.StartTls,
    };
}
