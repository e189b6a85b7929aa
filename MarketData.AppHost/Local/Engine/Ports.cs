using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MarketData.AppHost.Local.Processes;

namespace MarketData.AppHost.Local.Engine;

/// <summary>Chooses the ports that the resources listen on.</summary>
internal static class Ports
{
    // The services of a copy that has just been killed need a moment to let go of theirs.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Gives every endpoint its ports: the one asked for, or a free one for each replica.</summary>
    /// <exception cref="StartException">A port asked for is taken; says which and what to do.</exception>
    public static async Task ChooseAsync(IEnumerable<Resource> resources, CancellationToken cancellation)
    {
        foreach (var resource in resources)
        {
            foreach (var endpoint in resource.Endpoints)
                endpoint.Ports = await ChooseAsync(resource, endpoint, cancellation);
        }
    }

    /// <summary>A port on the loopback address that nobody uses just now.</summary>
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>The port if nobody uses it, else a free one.</summary>
    public static int FreeOr(int preferred) => preferred != 0 && IsFree(preferred) ? preferred : Free();

    private static async Task<IReadOnlyList<int>> ChooseAsync(Resource resource, Endpoint endpoint, CancellationToken cancellation)
    {
        var replicas = resource is ProjectResource project ? project.Replicas : 1;
        if (endpoint.RequestedPort is not { } port)
            return [.. Enumerable.Range(0, replicas).Select(_ => Free())];
        // Prometheus and such are extras: a second copy takes another port for them rather than failing.
        if (resource is ContainerResource)
            return [FreeOr(port)];
        var setting = "Ports:" + CultureInfo.InvariantCulture.TextInfo.ToTitleCase(resource.Name);
        if (port is < 1 or > 65535)
            throw new StartException($"{setting} is {port}: a port is a number from 1 to 65535, or 0 for any free one.");
        if (replicas > 1)
            throw new StartException($"{resource.Name} cannot run {replicas} times on one port: set {setting} to 0.");
        await AwaitFreeAsync(resource.Name, port, setting, cancellation);
        return [port];
    }

    private static async Task AwaitFreeAsync(string name, int port, string setting, CancellationToken cancellation)
    {
        for (var deadline = DateTime.UtcNow + Patience; !IsFree(port); await Task.Delay(100, cancellation))
        {
            if (DateTime.UtcNow > deadline)
                throw new StartException($"Port {port}, on which {name} is to listen, is taken: stop the program that uses it, or set {setting} to another port (0 takes a free one).");
        }
    }

    private static bool IsFree(int port) => CanBind(IPAddress.Loopback, port) && (!Socket.OSSupportsIPv6 || CanBind(IPAddress.IPv6Loopback, port));

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
