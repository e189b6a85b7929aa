using System.Net.Sockets;
using System.Text;

namespace MarketData.Api.Tests.Security;

/// <summary>A client that asks and then reads nothing, or only when it is told to.</summary>
internal sealed class StalledReader : IDisposable
{
    private readonly Socket _socket;

    private StalledReader(Socket socket) => _socket = socket;

    /// <summary>Asks, from an address of its own.</summary>
    public static async Task<StalledReader> AskAsync(Uri api, string path, string from)
    {
        // As little as the system allows, so that what is not read is soon at the server.
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 1 };
        await socket.ConnectAsync(api.Host, api.Port, TestContext.Current.CancellationToken);
        await socket.SendAsync(
            Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\n{RemoteAddress.Header}: {from}\r\n\r\n"),
            TestContext.Current.CancellationToken);
        return new StalledReader(socket);
    }

    /// <summary>Reads the status line, and what came with it.</summary>
    public async Task<string> BeginAsync()
    {
        var buffer = new byte[1_024];
        var length = await _socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken);
        return Encoding.ASCII.GetString(buffer, 0, length);
    }

    /// <summary>Reads to the end of the connection; whether the answer came to its own end before.</summary>
    public async Task<bool> IsWholeAsync()
    {
        var (buffer, last) = (new byte[100_000], "");
        try
        {
            for (int length; (length = await _socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken)) > 0;)
                last = (last + Encoding.ASCII.GetString(buffer, Math.Max(0, length - 5), Math.Min(5, length)))[^Math.Min(5, length)..];
        }
        catch (SocketException)
        {
            return false;
        }

        return last == "0\r\n\r\n";
    }

    public void Dispose() => _socket.Dispose();
}
