using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace MarketData.Enrichment.Notifications;

/// <summary>
/// Posts to receivers. Not a client of the factory's: an address may be a secret, and the factory's clients log addresses, are traced with
/// them, follow redirects to wherever a receiver says, and try again by themselves.
/// </summary>
public sealed class ReceiverClient : IDisposable
{
    private static readonly HttpStatusCode[] Passing = [HttpStatusCode.RequestTimeout, (HttpStatusCode)425, HttpStatusCode.TooManyRequests];

    private readonly HttpClient _client;
    private readonly TimeProvider _time;
    private readonly TimeSpan _timeout;
    private readonly bool _allowPrivate;

    /// <summary>Creates it.</summary>
    public ReceiverClient(IOptions<NotificationOptions> options, IHostEnvironment environment, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        _time = time;
        _timeout = options.Value.Timeout;
        _allowPrivate = options.Value.AllowPrivateAddresses ?? environment.IsDevelopment();
        _client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            // A proxy would connect to wherever it likes.
            UseProxy = false,
            UseCookies = false,
            ConnectCallback = ConnectAsync,
            // Without it neither spans nor events of the request are made, which have its whole address.
            ActivityHeadersPropagator = null,
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _client.DefaultRequestHeaders.UserAgent.ParseAdd(nameof(MarketData));
    }

    /// <summary>Posts a message; what the receiver answers is not read.</summary>
    /// <exception cref="DeliveryException">The receiver did not take it.</exception>
    public async Task PostAsync(string address, HttpContent content, IReadOnlyDictionary<string, string> headers, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = content };
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        using var timeout = new CancellationTokenSource(_timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        try
        {
            using var answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            if (!answer.IsSuccessStatusCode)
                throw Refused(answer);
        }
        catch (OperationCanceledException e) when (timeout.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new DeliveryException($"It did not answer within {_timeout.TotalSeconds:0} s.", inner: e);
        }
        catch (HttpRequestException e)
        {
            throw e.InnerException as DeliveryException ?? new DeliveryException(Sentence(e), inner: e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private DeliveryException Refused(HttpResponseMessage answer)
    {
        var status = answer.StatusCode;
        var wait = answer.Headers.RetryAfter is { } header ? header.Delta ?? header.Date - _time.GetUtcNow() : null;
        var isRedirect = (int)status is >= 300 and < 400;
        return new DeliveryException(
            $"It answered {(int)status}{(answer.ReasonPhrase is { Length: > 0 } reason ? $" {reason}" : "")}{(isRedirect ? "; redirects are not followed" : "")}.",
            isFinal: (int)status < 500 && !Passing.Contains(status),
            wait > TimeSpan.Zero ? wait : null);
    }

    // The name is looked up here and the address checked that is connected to: one that is checked before may be another when it is used.
    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var found = IPAddress.TryParse(host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host, cancellation);
        var allowed = Array.FindAll(found, address => AddressPolicy.Allows(address, _allowPrivate));
        if (allowed.Length == 0 && found.Length > 0)
        {
            throw new DeliveryException(
                Array.Exists(found, address => AddressPolicy.Allows(address, allowPrivate: true))
                    ? "Its address is one of a private network, to which messages are posted only where Notifications:AllowPrivateAddresses is true."
                    : "Its address is link-local or reserved, to which no messages are posted.",
                isFinal: true);
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // The message of the exception has the host, which of some receivers is the secret's better half.
    private static string Sentence(HttpRequestException e) => e.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => "Its name is not known to the DNS.",
        HttpRequestError.ConnectionError => "It can't be connected to.",
        HttpRequestError.SecureConnectionError => "No secure connection to it comes about: its certificate is not accepted, or it speaks no TLS.",
        HttpRequestError.ResponseEnded or HttpRequestError.InvalidResponse => "It closed the connection without an answer in HTTP.",
        _ when e.InnerException is SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain } =>
            "Its name is not known to the DNS.",
        _ => "It can't be reached.",
    };
}
