using System.Net.Sockets;

namespace MarketData.Web.Api;

/// <summary>How this service's connections to the Api are kept, be it one process or many behind a name.</summary>
public static class ApiSockets
{
    // Pages keep their client for as long as they are open, and the Api's name may lead elsewhere by then.
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(2);

    // What lies between two machines forgets connections that are silent and tells neither side, whose next request would get no answer.
    private const int SilenceSeconds = 15;
    private const int ProbeSeconds = 5;
    private const int Probes = 3;

    /// <summary>A handler that connects so.</summary>
    public static SocketsHttpHandler NewHandler()
    {
        var handler = new SocketsHttpHandler();
        Configure(handler);
        return handler;
    }

    /// <summary>Has a handler connect so.</summary>
    public static void Configure(SocketsHttpHandler handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        handler.PooledConnectionLifetime = Lifetime;
        handler.ConnectCallback = ConnectAsync;
    }

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, SilenceSeconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, ProbeSeconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, Probes);
            await socket.ConnectAsync(context.DnsEndPoint, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
