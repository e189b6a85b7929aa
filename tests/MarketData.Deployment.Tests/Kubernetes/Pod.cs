using System.Globalization;
using System.Text;
using MarketData.Deployment.Tests.Containers;
using MarketData.Testing;

namespace MarketData.Deployment.Tests.Kubernetes;

/// <summary>A pod of one container, run by podman as its manifest says: image, arguments, environment, user, file system, limits, probes.</summary>
internal sealed class Pod : IAsyncDisposable
{
    private readonly ContainerEngine _engine;
    private readonly Manifest _spec;
    private readonly Manifest _container;
    private readonly HttpClient _kubelet = new() { Timeout = TimeSpan.FromSeconds(10) };

    private string _lastAnswer = "no answer";

    private Pod(ContainerEngine engine, Manifest spec, string name) =>
        (_engine, _spec, _container, Name) = (engine, spec, spec.Items("containers").Single(), name);

    /// <summary>The container's name.</summary>
    public string Name { get; }

    /// <summary>Its address in the containers' network.</summary>
    public string Address { get; private set; } = "";

    /// <summary>Creates the container and starts it.</summary>
    /// <param name="engine">Runs it.</param>
    /// <param name="spec">The pod's specification.</param>
    /// <param name="name">The container's name.</param>
    /// <param name="objects">The config maps and secrets that it takes settings from.</param>
    /// <param name="hosts">The names that it knows, each with an address.</param>
    public static async Task<Pod> StartAsync(
        ContainerEngine engine, Manifest spec, string name, IReadOnlyList<Manifest> objects, IReadOnlyDictionary<string, string> hosts)
    {
        var pod = new Pod(engine, spec, name);
        await engine.RunAsync([.. pod.Arguments(objects, hosts)]);
        pod.Address = await engine.RunAsync("inspect", name, "--format", "{{.NetworkSettings.Networks.marketdata.IPAddress}}");
        return pod;
    }

    /// <summary>Waits until its startup and readiness probes have passed.</summary>
    /// <exception cref="TimeoutException">They did not within what the startup probe allows; carries the pod's log.</exception>
    public async Task BecomesReadyAsync(CancellationToken cancellation)
    {
        var startup = _container["startupProbe"];
        // Other tests have the machine too.
        var within = 3 * TimeSpan.FromSeconds(startup.Number("periodSeconds", 10) * startup.Number("failureThreshold", 3));
        try
        {
            await Eventually.BecomesAsync(() => PassesAsync("startupProbe", cancellation), within, cancellation);
            await Eventually.BecomesAsync(() => PassesAsync("readinessProbe", cancellation), within, cancellation);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{Name} at {Address} did not become ready within {within.TotalSeconds} s: {_lastAnswer}; it wrote:\n{await LogAsync()}", e);
        }
    }

    /// <summary>Whether it is ready.</summary>
    public Task<bool> IsReadyAsync(CancellationToken cancellation) => PassesAsync("readinessProbe", cancellation);

    /// <summary>Waits until it has ended by itself, as the pod of a job does.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> EndsAsync() => int.Parse(await _engine.RunAsync("wait", Name), CultureInfo.InvariantCulture);

    /// <summary>Ends it as a cluster does: the wait before the signal, SIGTERM, and SIGKILL at the end of its period.</summary>
    /// <returns>Its exit code, which is 137 when it had to be killed.</returns>
    public async Task<int> EndAsync(CancellationToken cancellation)
    {
        var period = _spec.Number("terminationGracePeriodSeconds", 30);
        var wait = _container.Has("lifecycle") ? _container["lifecycle"]["preStop"]["sleep"].Number("seconds", 0) : 0;
        await Task.Delay(TimeSpan.FromSeconds(wait), cancellation);
        await _engine.RunAsync("stop", "--time", $"{period - wait}", Name);
        return int.Parse(await _engine.RunAsync("inspect", Name, "--format", "{{.State.ExitCode}}"), CultureInfo.InvariantCulture);
    }

    /// <summary>Kills its process, as a lack of memory would, and starts it again as a cluster does.</summary>
    public async Task KillAsync()
    {
        await _engine.RunAsync("kill", "--signal", "KILL", Name);
        await _engine.RunAsync("wait", Name);
        await _engine.RunAsync("start", Name);
        Address = await _engine.RunAsync("inspect", Name, "--format", "{{.NetworkSettings.Networks.marketdata.IPAddress}}");
    }

    /// <summary>Runs a command in it.</summary>
    public Task<string> ExecuteAsync(params string[] command) => _engine.RunAsync(["exec", Name, .. command]);

    /// <summary>What it has written so far.</summary>
    public async Task<string> LogAsync() => (await _engine.TryAsync("logs", Name)).Output;

    /// <summary>The address of one of its ports.</summary>
    /// <param name="port">The port's name or number.</param>
    public string AddressOf(string port) => $"{Address}:{PortNumber(port)}";

    /// <summary>The number of one of its ports.</summary>
    /// <param name="port">The port's name or number.</param>
    public string PortNumber(string port) =>
        _container.Items("ports").FirstOrDefault(candidate => candidate.Name == port)?.Text("containerPort") ?? port;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _kubelet.Dispose();
        await _engine.TryAsync("rm", "--force", "--time", "0", Name);
    }

    private async Task<bool> PassesAsync(string probe, CancellationToken cancellation)
    {
        var asked = _container[probe]["httpGet"];
        var address = new Uri($"http://{AddressOf(asked.Text("port"))}{asked.Text("path")}");
        try
        {
            using var answer = await _kubelet.GetAsync(address, cancellation);
            if (!answer.IsSuccessStatusCode)
                _lastAnswer = await answer.Content.ReadAsStringAsync(cancellation);
            return answer.IsSuccessStatusCode;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // As a cluster does: what is not answered in time has failed.
            return false;
        }
    }

    private IEnumerable<string> Arguments(IReadOnlyList<Manifest> objects, IReadOnlyDictionary<string, string> hosts)
    {
        _spec.ShouldSayOnly(
            "automountServiceAccountToken", "terminationGracePeriodSeconds", "securityContext", "topologySpreadConstraints", "containers", "volumes",
            "restartPolicy");
        _container.ShouldSayOnly(
            "name", "image", "args", "ports", "env", "envFrom", "startupProbe", "livenessProbe", "readinessProbe", "resources", "securityContext", "volumeMounts",
            "lifecycle");
        List<string> arguments =
        [
            "run", "--detach", "--name", Name, "--network", "marketdata", "--tls-verify=false", "--user", _spec["securityContext"].Text("runAsUser"),
        ];
        arguments.AddRange(Security(_container["securityContext"]));
        arguments.AddRange(Limits(_container["resources"]));
        foreach (var (name, value) in Environment(objects))
            arguments.AddRange(["--env", $"{name}={value}"]);
        foreach (var (name, address) in hosts)
            arguments.AddRange(["--add-host", $"{name}:{address}"]);
        foreach (var mount in _container.Items("volumeMounts"))
        {
            _spec.Items("volumes").Single(volume => volume.Name == mount.Name).ShouldSayOnly("name", "emptyDir");
            arguments.AddRange(["--tmpfs", $"{mount.Text("mountPath")}:rw,mode=1777"]);
        }

        return [.. arguments, _container.Text("image"), .. _container.Texts("args")];
    }

    private static IEnumerable<string> Security(Manifest context)
    {
        context.ShouldSayOnly("allowPrivilegeEscalation", "readOnlyRootFilesystem", "capabilities");
        if (context.IsTrue("readOnlyRootFilesystem"))
            yield return "--read-only";
        // Else podman lends a few writable folders that a cluster would not.
        yield return "--read-only-tmpfs=false";
        if (!context.IsTrue("allowPrivilegeEscalation"))
            yield return "--security-opt=no-new-privileges";
        foreach (var capability in context["capabilities"].Texts("drop"))
            yield return $"--cap-drop={capability}";
    }

    // What is requested is for the choice of a node, and there is one here, which other tests use too.
    private static IEnumerable<string> Limits(Manifest resources)
    {
        if (resources.Has("limits"))
        {
            resources["limits"].ShouldSayOnly("memory", "cpu");
            yield return $"--memory={Bytes(resources["limits"].Text("memory"))}";
            if (resources["limits"].Has("cpu"))
                yield return string.Create(CultureInfo.InvariantCulture, $"--cpus={Cores(resources["limits"].Text("cpu"))}");
        }
    }

    private static double Cores(string text) => text.EndsWith('m')
        ? double.Parse(text[..^1], CultureInfo.InvariantCulture) / 1000
        : double.Parse(text, CultureInfo.InvariantCulture);

    private static string Bytes(string text) => text.Replace("Mi", "m", StringComparison.Ordinal).Replace("Gi", "g", StringComparison.Ordinal);

    // As a cluster does: what is said by name outranks what comes with a whole map.
    private Dictionary<string, string> Environment(IReadOnlyList<Manifest> objects)
    {
        var environment = new Dictionary<string, string>();
        foreach (var source in _container.Items("envFrom"))
        {
            var reference = source.Has("configMapRef") ? ("ConfigMap", source["configMapRef"].Name) : ("Secret", source["secretRef"].Name);
            foreach (var (name, value) in Values(objects, reference))
                environment[name] = value;
        }

        foreach (var variable in _container.Items("env"))
        {
            if ((variable.Has("value") ? variable.Text("value") : Referred(objects, variable["valueFrom"])) is { } value)
                environment[variable.Name] = value;
        }

        return environment;
    }

    private static string? Referred(IReadOnlyList<Manifest> objects, Manifest from)
    {
        from.ShouldSayOnly("secretKeyRef", "configMapKeyRef");
        var (kind, reference) = from.Has("secretKeyRef") ? ("Secret", from["secretKeyRef"]) : ("ConfigMap", from["configMapKeyRef"]);
        var values = Values(objects, (kind, reference.Name));
        return reference.IsTrue("optional") ? values.GetValueOrDefault(reference.Text("key")) : values[reference.Text("key")];
    }

    private static IReadOnlyDictionary<string, string> Values(IReadOnlyList<Manifest> objects, (string Kind, string Name) reference)
    {
        var found = objects.Single(candidate => (candidate.Kind, candidate.Name) == reference).Pairs("data");
        return reference.Kind == "ConfigMap"
            ? found
            : found.ToDictionary(pair => pair.Key, pair => Encoding.UTF8.GetString(Convert.FromBase64String(pair.Value)));
    }
}
