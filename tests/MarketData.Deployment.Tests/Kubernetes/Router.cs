using System.Globalization;
using System.Net.Sockets;
using System.Text;
using MarketData.Deployment.Tests.Containers;
using MarketData.Testing;

namespace MarketData.Deployment.Tests.Kubernetes;

/// <summary>
/// HAProxy in the place of a cluster's ingress controller, with TLS, and of its services' addresses: which pods a service has is told to it
/// while it runs.
/// </summary>
internal sealed class Router
{
    private const int Slots = 5;
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);

    private readonly string _socket;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, string?[]> _pods = [];
    private readonly Dictionary<string, IReadOnlyList<Manifest>> _ports = [];

    private Router(string socket, Uri address, Uri balancer) => (_socket, Address, Balancer) = (socket, address, balancer);

    /// <summary>Where the ingress answers, with TLS.</summary>
    public Uri Address { get; }

    /// <summary>Where it answers a load balancer, which tells the caller's address by the proxy protocol before it hands on his TLS.</summary>
    public Uri Balancer { get; }

    /// <summary>Starts it.</summary>
    /// <param name="engine">In whose network it is, and with which it ends.</param>
    /// <param name="objects">The cluster's objects, of which it heeds the ingress and the services.</param>
    /// <param name="outside">Services outside of the cluster, by the port under which the pods know them, each with its true address.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public static async Task<Router> StartAsync(
        ContainerEngine engine, IReadOnlyList<Manifest> objects, IReadOnlyDictionary<int, string> outside, CancellationToken cancellation)
    {
        var services = objects.Where(candidate => candidate.Kind == "Service").ToList();
        var ingress = objects.Single(candidate => candidate.Kind == "Ingress")["spec"];
        var host = ingress.Items("rules").Single().Text("host");
        var (address, balancer) = (FreeAddress(), FreeAddress());
        var certificate = Path.Combine(engine.Directory, "ingress.pem");
        await engine.PipeAsync(
            $"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN={host} -addext subjectAltName=DNS:{host} "
            + $"-keyout {certificate}.key -out {certificate}.crt && cat {certificate}.crt {certificate}.key >{certificate}");
        var router = new Router(Path.Combine(engine.Directory, "haproxy.sock"), address, balancer);
        var settings = Path.Combine(engine.Directory, "haproxy.cfg");
        await File.WriteAllTextAsync(settings, router.Settings(engine.Gateway, certificate, ingress, services, outside), cancellation);
        await engine.StartProgramAsync("haproxy", "haproxy", "-db", "-f", settings);
        try
        {
            await Eventually.BecomesAsync(() => File.Exists(router._socket), StartTimeout, cancellation);
        }
        catch (TimeoutException e)
        {
            throw new InvalidOperationException($"HAProxy did not start: {await engine.LogOfAsync("haproxy")}", e);
        }

        return router;
    }

    /// <summary>Sends a service's requests to a pod as well.</summary>
    public Task AddAsync(string service, Pod pod)
    {
        int slot;
        lock (_gate)
        {
            var pods = _pods[service];
            slot = Array.IndexOf(pods, null);
            pods[slot] = pod.Name;
        }

        return TellAsync([.. _ports[service].SelectMany(port => new[]
        {
            $"set server {service}-{port.Name}/pod{slot} addr {pod.Address} port {pod.PortNumber(port.Text("targetPort"))}",
            $"set server {service}-{port.Name}/pod{slot} state ready",
        })]);
    }

    /// <summary>Sends a service's requests to a pod no more; what is under way goes on.</summary>
    public async Task RemoveAsync(string service, Pod pod)
    {
        int slot;
        lock (_gate)
            slot = Array.IndexOf(_pods[service], pod.Name);
        await TellAsync([.. _ports[service].Select(port => $"set server {service}-{port.Name}/pod{slot} state maint")]);
        lock (_gate)
            _pods[service][slot] = null;
    }

    private static Uri FreeAddress() => new UriBuilder(AppHostProcess.FreeAddress()) { Scheme = "https", Host = "127.0.0.1" }.Uri;

    private string Settings(
        string gateway, string certificate, Manifest ingress, IReadOnlyList<Manifest> services, IReadOnlyDictionary<int, string> outside)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"""
            global
                stats socket {_socket} level admin
            defaults
                timeout connect 5s
                timeout client 1h
                timeout server 1h
                option redispatch
            frontend ingress
                bind {Address.Authority} ssl crt {certificate} alpn h2,http/1.1
                bind {Balancer.Authority} accept-proxy ssl crt {certificate} alpn h2,http/1.1
                mode http
                option forwardfor
                http-request set-header X-Forwarded-Proto https
                http-request set-header X-Forwarded-Host %[req.hdr(Host)]
            """);
        foreach (var path in ingress.Items("rules").Single()["http"].Items("paths"))
        {
            var backend = path["backend"]["service"];
            text.AppendLine(CultureInfo.InvariantCulture, $"    use_backend {backend.Name}-{backend["port"].Name} if {{ path_beg {path.Text("path")} }}");
        }

        foreach (var service in services)
        {
            _pods[service.Name] = new string?[Slots];
            _ports[service.Name] = [.. service["spec"].Items("ports")];
            foreach (var port in _ports[service.Name])
                AppendService(text, gateway, service.Name, port);
        }

        foreach (var (port, address) in outside)
            text.AppendLine(CultureInfo.InvariantCulture, $"listen outside-{port}\n    bind {gateway}:{port} transparent\n    mode tcp\n    server it {address}");
        return text.ToString();
    }

    // The front door is reached through the ingress alone, which keeps a browser at one pod by a cookie; the Api by its service's address.
    private static void AppendService(StringBuilder text, string gateway, string service, Manifest port)
    {
        var isFrontDoor = service == "web";
        text.AppendLine(
            service == "api"
                ? $"listen {service}-{port.Name}\n    mode tcp\n    bind {gateway}:{port.Text("port")} transparent"
                : $"backend {service}-{port.Name}\n    mode {(isFrontDoor ? "http" : "tcp")}");
        if (isFrontDoor)
            text.AppendLine("    cookie route insert indirect nocache httponly secure");
        for (var slot = 0; slot < Slots; slot++)
            text.AppendLine(CultureInfo.InvariantCulture, $"    server pod{slot} {gateway}:1{(isFrontDoor ? $" cookie pod{slot}" : "")} disabled");
    }

    private async Task TellAsync(IReadOnlyList<string> commands)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(_socket), TestContext.Current.CancellationToken);
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(string.Join("; ", commands) + "\n"), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);
        var answer = (await reader.ReadToEndAsync(TestContext.Current.CancellationToken)).Trim();
        if (answer.Contains("No such", StringComparison.Ordinal) || answer.Contains("Unknown", StringComparison.Ordinal))
            throw new InvalidOperationException($"HAProxy refused {string.Join("; ", commands)}: {answer}");
    }
}
