using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Npgsql;

namespace MarketData.Testing;

/// <summary>A wire between two processes that can be cut and mended. Cut, it swallows what is sent and answers nobody, as a dead network does.</summary>
public sealed class TcpProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ended = new();
    private readonly ConcurrentDictionary<Socket, bool> _sockets = [];
    private readonly DnsEndPoint _target;
    private readonly Task _accepting;
    private volatile bool _isCut;
    private byte[]? _unanswered;
    private byte[]? _undelivered;

    /// <summary>Listens on a free port.</summary>
    public TcpProxy(string targetHost, int targetPort)
    {
        _target = new DnsEndPoint(targetHost, targetPort);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>A wire to the server that a connection string names.</summary>
    public static TcpProxy ToServerOf(string connectionString)
    {
        var connection = new NpgsqlConnectionStringBuilder(connectionString);
        return new TcpProxy(connection.Host!, connection.Port);
    }

    /// <summary>The connection string, by way of this wire.</summary>
    public string Through(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Host = "127.0.0.1", Port = Port }.ConnectionString;

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

    /// <summary>
    /// Resets the connection that next sends a text, once the other side has answered it and before the answer arrives: what was asked is done,
    /// and who asked cannot know.
    /// </summary>
    public void LoseAnswerTo(string text) => _unanswered = Encoding.UTF8.GetBytes(text);

    /// <summary>Resets the connection that next sends a text, which does not arrive.</summary>
    public void Lose(string text) => _undelivered = Encoding.UTF8.GetBytes(text);

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
            var lost = new TaskCompletionSource();
            await Task.WhenAny(PumpAsync(client, server, lost, isAnswer: false), PumpAsync(server, client, lost, isAnswer: true));
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

    private async Task PumpAsync(Socket from, Socket to, TaskCompletionSource lost, bool isAnswer)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, _ended.Token) is > 0 and var read)
            {
                if (_isCut)
                    await Task.Delay(Timeout.Infinite, _ended.Token);
                if (isAnswer && lost.Task.IsCompleted || !isAnswer && Takes(ref _undelivered, buffer.AsSpan(0, read)))
                    return;
                if (!isAnswer && Takes(ref _unanswered, buffer.AsSpan(0, read)))
                    lost.SetResult();
                for (var sent = 0; sent < read;)
                    sent += await to.SendAsync(buffer.AsMemory(sent, read - sent), _ended.Token);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // One of the two has gone: so does the connection.
        }
    }

    private static bool Takes(ref byte[]? text, ReadOnlySpan<byte> sent) =>
        text is { } wanted && sent.IndexOf(wanted) >= 0 && Interlocked.CompareExchange(ref text, null, wanted) == wanted;

    private void Reset(Socket socket)
    {
        if (!_sockets.TryRemove(socket, out _))
            return;
        socket.LingerState = new LingerOption(true, 0);
        socket.Dispose();
    }
}
