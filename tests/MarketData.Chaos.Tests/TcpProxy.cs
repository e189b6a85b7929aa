using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace MarketData.Chaos.Tests;

/// <summary>A wire between two processes that can be cut and mended. Cut, it swallows what is sent and answers nobody, as a dead network does.</summary>
internal sealed class TcpProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ended = new();
    private readonly ConcurrentDictionary<Socket, bool> _sockets = [];
    private readonly DnsEndPoint _target;
    private readonly Task _accepting;
    private volatile bool _isCut;

    public TcpProxy(string targetHost, int targetPort)
    {
        _target = new DnsEndPoint(targetHost, targetPort);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Connections made through it so far.</summary>
    public int Connections { get; private set; }

    /// <summary>Cuts the wire: bytes under way are lost, and connections neither work nor end.</summary>
    public void Cut() => _isCut = true;

    /// <summary>Mends it: what was connected when it was cut is reset, and new connections work.</summary>
    public void Mend()
    {
        var broken = _sockets.Keys.ToList();
        _isCut = false;
        broken.ForEach(Reset);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        _listener.Stop();
        foreach (var socket in _sockets.Keys)
            Reset(socket);
        await _accepting;
        _ended.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = CarryAsync(await _listener.AcceptSocketAsync(_ended.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task CarryAsync(Socket client)
    {
        Connections++;
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        (_sockets[client], _sockets[server]) = (true, true);
        try
        {
            await server.ConnectAsync(_target, _ended.Token);
            await Task.WhenAny(PumpAsync(client, server), PumpAsync(server, client));
        }
        catch (SocketException)
        {
            // Nobody listens there at present: the client is told by its connection's end.
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }

        Reset(client);
        Reset(server);
    }

    private async Task PumpAsync(Socket from, Socket to)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, _ended.Token) is > 0 and var read)
            {
                if (_isCut)
                    await Task.Delay(Timeout.Infinite, _ended.Token);
                for (var sent = 0; sent < read;)
                    sent += await to.SendAsync(buffer.AsMemory(sent, read - sent), _ended.Token);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // One of the two has gone: so does the connection.
        }
    }

    private void Reset(Socket socket)
    {
        if (!_sockets.TryRemove(socket, out _))
            return;
        socket.LingerState = new LingerOption(true, 0);
        socket.Dispose();
    }
}
