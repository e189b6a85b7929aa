using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using Npgsql;

namespace MarketData.Testing;

/// <summary>
/// A wire between two processes that can be cut, slowed and mended. Cut, it swallows what is sent and tells nobody of it, nor of a connection's
/// end, as a dead network does.
/// </summary>
public sealed class TcpProxy : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _ended = new();
    private readonly ConcurrentDictionary<Connection, bool> _connections = [];
    private readonly Task _accepting;
    private volatile DnsEndPoint _target;
    private volatile bool _isCutToServer;
    private volatile bool _isCutToClient;
    private byte[]? _unanswered;
    private byte[]? _undelivered;

    /// <summary>Listens.</summary>
    /// <param name="targetHost">Where the server is.</param>
    /// <param name="targetPort">Where the server is.</param>
    /// <param name="at">Where to listen; a free port of this machine when not given.</param>
    public TcpProxy(string targetHost, int targetPort, IPEndPoint? at = null)
    {
        _target = new DnsEndPoint(targetHost, targetPort);
        _listener = new TcpListener(at ?? new IPEndPoint(IPAddress.Loopback, 0));
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

    /// <summary>How it carries what clients send.</summary>
    public WireConditions ToServer { get; set; } = WireConditions.Good;

    /// <summary>How it carries what the server sends.</summary>
    public WireConditions ToClient { get; set; } = WireConditions.Good;

    /// <summary>
    /// How much later a new connection may reach the server, drawn for each, so that later ones overtake earlier ones. The client believes
    /// meanwhile that it is connected.
    /// </summary>
    public TimeSpan ConnectJitter { get; set; }

    /// <summary>Whether new connections are reset as soon as they are made.</summary>
    public bool IsRefusing { get; set; }

    /// <summary>Cuts the wire: bytes under way are lost, and connections neither work nor end.</summary>
    public void Cut() => _isCutToServer = _isCutToClient = true;

    /// <summary>Cuts the way to the server alone: nothing that is asked arrives, while what the server says by itself does.</summary>
    public void CutToServer() => _isCutToServer = true;

    /// <summary>Cuts the way to the client alone: all that is asked is done, and no answer arrives.</summary>
    public void CutToClient() => _isCutToClient = true;

    /// <summary>Makes it a good wire again: what was connected when it was cut is reset, what was slow goes on.</summary>
    public void Mend()
    {
        var isCut = _isCutToServer || _isCutToClient;
        var broken = _connections.Keys.Where(connection => !connection.IsForgotten).ToList();
        _isCutToServer = _isCutToClient = false;
        (ToServer, ToClient) = (WireConditions.Good, WireConditions.Good);
        (ConnectJitter, IsRefusing) = (TimeSpan.Zero, false);
        if (isCut)
            broken.ForEach(Reset);
    }

    /// <summary>
    /// Mends it, and has it forget what was connected when it was cut, as a firewall does that was started anew: that stays silent for ever, and
    /// only new connections work.
    /// </summary>
    public void MendForgetting()
    {
        foreach (var connection in _connections.Keys)
            connection.IsForgotten = true;
        Mend();
    }

    /// <summary>Resets all that is connected.</summary>
    public void ResetAll() => _connections.Keys.ToList().ForEach(Reset);

    /// <summary>Leads new connections to another server.</summary>
    public void MoveTo(string targetHost, int targetPort) => _target = new DnsEndPoint(targetHost, targetPort);

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
        ResetAll();
        await _accepting;
        _ended.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var connection = new Connection(await _listener.AcceptSocketAsync(_ended.Token));
                Connections++;
                _connections[connection] = true;
                if (IsRefusing)
                    Reset(connection);
                else
                    _ = CarryAsync(connection);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task CarryAsync(Connection connection)
    {
        await UntilEitherIsGoneAsync(connection, async () =>
        {
            if (ConnectJitter > TimeSpan.Zero)
                await Task.Delay(ConnectJitter * Random.Shared.NextDouble(), connection.Ended);
            await connection.Server.ConnectAsync(_target, connection.Ended);
        });
        var (up, down) = (NewQueue(), NewQueue());
        await Task.WhenAll(
            UntilEitherIsGoneAsync(connection, () => TakeAsync(connection, isAnswer: false, up.Writer)),
            UntilEitherIsGoneAsync(connection, () => GiveAsync(connection.Server, up.Reader, connection.Ended)),
            UntilEitherIsGoneAsync(connection, () => TakeAsync(connection, isAnswer: true, down.Writer)),
            UntilEitherIsGoneAsync(connection, () => GiveAsync(connection.Client, down.Reader, connection.Ended)));
        Reset(connection);
    }

    // So much at most is under way at once; who sends more waits.
    private static Channel<Piece> NewQueue() => Channel.CreateBounded<Piece>(64);

    private async Task UntilEitherIsGoneAsync(Connection connection, Func<Task> carry)
    {
        try
        {
            await carry();
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Nobody listens there at present, one of the two has gone, or the test is over: so is the connection.
            Reset(connection);
        }
    }

    private async Task TakeAsync(Connection connection, bool isAnswer, ChannelWriter<Piece> queue)
    {
        var buffer = new byte[64 * 1024];
        var due = 0L;
        while (true)
        {
            var read = await ReceiveAsync(connection, isAnswer, buffer);
            if (IsSilent(connection, isAnswer))
                await Task.Delay(Timeout.Infinite, connection.Ended);
            var sent = buffer.AsMemory(0, read);
            if (isAnswer && connection.IsAnswerLost || !isAnswer && Takes(ref _undelivered, sent.Span))
                throw new OperationCanceledException();
            connection.IsAnswerLost |= !isAnswer && Takes(ref _unanswered, sent.Span);
            var conditions = isAnswer ? ToClient : ToServer;
            foreach (var bytes in Sliced(sent, conditions))
            {
                var late = conditions.Latency + conditions.Jitter * Random.Shared.NextDouble() + (read == 0 ? conditions.CloseDelay : TimeSpan.Zero);
                due = Math.Max(due, Stopwatch.GetTimestamp() + (long)(late.TotalSeconds * Stopwatch.Frequency));
                await queue.WriteAsync(new Piece(bytes, due, conditions.BytesPerSecond), connection.Ended);
            }

            if (read == 0)
                return;
        }
    }

    private bool IsSilent(Connection connection, bool isAnswer) => connection.IsForgotten || (isAnswer ? _isCutToClient : _isCutToServer);

    // Cut, the wire does not tell either that the sender has gone.
    private async ValueTask<int> ReceiveAsync(Connection connection, bool isAnswer, byte[] buffer)
    {
        try
        {
            return await (isAnswer ? connection.Server : connection.Client).ReceiveAsync(buffer, connection.Ended);
        }
        catch (SocketException) when (IsSilent(connection, isAnswer))
        {
            return 0;
        }
    }

    // An empty piece is the connection's end.
    private static IEnumerable<byte[]> Sliced(ReadOnlyMemory<byte> sent, WireConditions conditions)
    {
        const int slicesInASecond = 20;
        var most = conditions.SliceBytes > 0 ? conditions.SliceBytes : int.MaxValue;
        if (conditions.BytesPerSecond > 0)
            most = Math.Min(most, Math.Max(1, conditions.BytesPerSecond / slicesInASecond));
        if (sent.IsEmpty)
            yield return [];
        for (var at = 0; at < sent.Length; at += Math.Min(most, sent.Length - at))
            yield return sent.Slice(at, Math.Min(most, sent.Length - at)).ToArray();
    }

    private static async Task GiveAsync(Socket to, ChannelReader<Piece> queue, CancellationToken ended)
    {
        to.NoDelay = true;
        await foreach (var (bytes, due, bytesPerSecond) in queue.ReadAllAsync(ended))
        {
            if (Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due) is var wait && wait > TimeSpan.Zero)
                await Task.Delay(wait, ended);
            if (bytes.Length == 0)
            {
                to.Shutdown(SocketShutdown.Send);
                return;
            }

            for (var sent = 0; sent < bytes.Length;)
                sent += await to.SendAsync(bytes.AsMemory(sent), ended);
            if (bytesPerSecond > 0)
                await Task.Delay(TimeSpan.FromSeconds((double)bytes.Length / bytesPerSecond), ended);
        }
    }

    private static bool Takes(ref byte[]? text, ReadOnlySpan<byte> sent) =>
        text is { } wanted && sent.IndexOf(wanted) >= 0 && Interlocked.CompareExchange(ref text, null, wanted) == wanted;

    private void Reset(Connection connection)
    {
        if (_connections.TryRemove(connection, out _))
            connection.Dispose();
    }

    /// <param name="Bytes">What was sent; nothing for the connection's end.</param>
    /// <param name="Due">When it arrives, as a timestamp.</param>
    /// <param name="BytesPerSecond">How fast the wire is; 0 for no limit.</param>
    private sealed record Piece(byte[] Bytes, long Due, int BytesPerSecond);

    private sealed class Connection : IDisposable
    {
        private readonly CancellationTokenSource _ended = new();

        public Connection(Socket client) => (Client, Ended) = (client, _ended.Token);

        public Socket Client { get; }

        public Socket Server { get; } = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

        public CancellationToken Ended { get; }

        public bool IsAnswerLost { get; set; }

        public bool IsForgotten { get; set; }

        // By a reset, as a process does that dies.
        public void Dispose()
        {
            _ended.Cancel();
            _ended.Dispose();
            foreach (var socket in (Socket[])[Client, Server])
            {
                socket.LingerState = new LingerOption(true, 0);
                socket.Dispose();
            }
        }
    }
}
