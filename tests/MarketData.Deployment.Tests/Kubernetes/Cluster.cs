using System.Globalization;
using MarketData.Deployment.Tests.Containers;

namespace MarketData.Deployment.Tests.Kubernetes;

/// <summary>
/// What of a cluster the deployment uses, on this machine: pods of a deployment, jobs, the services' addresses, rolling updates.
/// Network policies, spread over nodes and autoscaling are not carried out.
/// </summary>
internal sealed class Cluster(ContainerEngine engine, Router router, IReadOnlyDictionary<string, string> hosts) : IAsyncDisposable
{
    private IReadOnlyList<Manifest> _objects = [];
    private readonly Dictionary<string, List<Pod>> _pods = [];
    private int _started;

    /// <summary>The pods of a deployment.</summary>
    public IReadOnlyList<Pod> PodsOf(string deployment) => _pods[deployment];

    /// <summary>What the pods of a deployment have written.</summary>
    public async Task<string> LogsAsync(string deployment) => string.Join('\n', await Task.WhenAll(_pods[deployment].Select(pod => pod.LogAsync())));

    /// <summary>Takes the objects of a manifest. Pods that are started from then on are as it says.</summary>
    public void Apply(IReadOnlyList<Manifest> objects) => _objects = objects;

    /// <summary>Runs a job's pod to its end, once.</summary>
    /// <returns>Its exit code, and what it wrote.</returns>
    public async Task<(int ExitCode, string Log)> RunJobAsync(string job)
    {
        await using var pod = await Pod.StartAsync(engine, PodOf(Object("Job", job)), NextName(job), _objects, hosts);
        return (await pod.EndsAsync(), await pod.LogAsync());
    }

    /// <summary>Starts the pods of a deployment, and sends its service's requests to each when it is ready.</summary>
    public async Task DeployAsync(string deployment, CancellationToken cancellation)
    {
        _pods[deployment] = [];
        await Task.WhenAll(Enumerable.Range(0, Replicas(deployment)).Select(_ => AddAsync(deployment, cancellation)));
    }

    /// <summary>Replaces the pods of a deployment as a rolling update does: a new one is ready before an old one goes.</summary>
    /// <returns>The exit codes of the old ones.</returns>
    public async Task<IReadOnlyList<int>> RollAsync(string deployment, CancellationToken cancellation)
    {
        var update = Object("Deployment", deployment)["spec"]["strategy"]["rollingUpdate"];
        (update.Number("maxSurge", 1), update.Number("maxUnavailable", 0)).ShouldBe((1, 0), "pods are replaced here one by one");
        var codes = new List<int>();
        foreach (var old in _pods[deployment].ToList())
        {
            await AddAsync(deployment, cancellation);
            codes.Add(await RemoveAsync(deployment, old, cancellation));
        }

        return codes;
    }

    /// <summary>Kills a pod's process and waits until the pod is ready again.</summary>
    public async Task KillAsync(string deployment, Pod pod, CancellationToken cancellation)
    {
        await router.RemoveAsync(deployment, pod);
        await pod.KillAsync();
        await pod.BecomesReadyAsync(cancellation);
        await router.AddAsync(deployment, pod);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var pod in _pods.Values.SelectMany(pods => pods))
            await pod.DisposeAsync();
    }

    private static Manifest PodOf(Manifest workload) => workload["spec"]["template"]["spec"];

    private Manifest Object(string kind, string name) => _objects.Single(candidate => candidate.Kind == kind && candidate.Name == name);

    private string NextName(string workload) => string.Create(CultureInfo.InvariantCulture, $"{workload}-{Interlocked.Increment(ref _started)}");

    // A deployment that an autoscaler owns says no number itself.
    private int Replicas(string deployment) => Object("Deployment", deployment)["spec"] is var spec && spec.Has("replicas")
        ? spec.Number("replicas", 1)
        : _objects.Single(candidate => candidate.Kind == "HorizontalPodAutoscaler" && candidate["spec"]["scaleTargetRef"].Name == deployment)["spec"]
            .Number("minReplicas", 1);

    private async Task AddAsync(string deployment, CancellationToken cancellation)
    {
        var pod = await Pod.StartAsync(engine, PodOf(Object("Deployment", deployment)), NextName(deployment), _objects, hosts);
        lock (_pods)
            _pods[deployment].Add(pod);
        await pod.BecomesReadyAsync(cancellation);
        await router.AddAsync(deployment, pod);
    }

    private async Task<int> RemoveAsync(string deployment, Pod pod, CancellationToken cancellation)
    {
        await router.RemoveAsync(deployment, pod);
        var code = await pod.EndAsync(cancellation);
        _pods[deployment].Remove(pod);
        await pod.DisposeAsync();
        return code;
    }
}
