using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace MarketData.AppHost.Hosting;

/// <summary>TCP ports of the loopback addresses.</summary>
internal static class Ports
{
    // What an app host that was killed has started takes a moment to end.
    private static readonly TimeSpan ReleaseTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Waits a moment until nobody uses the port any more.</summary>
    /// <param name="port">The port.</param>
    /// <param name="setting">The setting that chose it.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="StartException">Somebody uses it; names the setting that takes another.</exception>
    public static async Task RequireAsync(int port, string setting, CancellationToken cancellation)
    {
        for (var waited = Stopwatch.StartNew(); !IsFree(port); await Task.Delay(100, cancellation))
        {
            if (waited.Elapsed > ReleaseTimeout)
                throw new StartException(
                    $"Port {port} is taken: stop the program that uses it, or set {setting} to another port (0 takes a free one).");
        }
    }

    /// <summary>A port that nobody uses just now.</summary>
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Whether nobody uses the port.</summary>
    public static bool IsFree(int port) =>
        CanBind(IPAddress.Loopback, port) && (!Socket.OSSupportsIPv6 || CanBind(IPAddress.IPv6Loopback, port));

    private static bool CanBind(IPAddress address, int port)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(address, port));
            socket.Listen();
            return true;
        }
        catch (SocketException e)
        {
            // A machine without IPv6 on its loopback interface has nothing there that could be taken.
            return e.SocketErrorCode == SocketError.AddressNotAvailable;
        }
    }
}
