using MarketData.Testing;
using MarketData.Testing.Tools;

namespace MarketData.Deployment.Tests.Kubernetes;

/// <summary>A person's own overlay on <c>overlays/external-database</c>, in a copy of the manifests, as docs/deploy.md has one made.</summary>
internal sealed class Overlay : IDisposable
{
    private readonly string _copy;
    private readonly string _kubectl;

    private Overlay(string copy, string kubectl) => (_copy, _kubectl) = (copy, kubectl);

    /// <summary>Copies the manifests and writes the overlay.</summary>
    /// <param name="kubectl">The folder of kubectl.</param>
    /// <param name="registry">Where the images are.</param>
    /// <param name="tag">Their tag.</param>
    /// <param name="settings">Settings by name.</param>
    /// <param name="secrets">Settings that are secret.</param>
    public static async Task<Overlay> WriteAsync(
        string kubectl, string registry, string tag, IReadOnlyDictionary<string, string> settings, IReadOnlyDictionary<string, string> secrets)
    {
        var copy = Tool.Copy(Path.Combine(AppHostProcess.RepositoryRoot(), "deploy", "kubernetes"));
        var external = Path.Combine(copy, "overlays", "external-database");
        await File.WriteAllLinesAsync(Path.Combine(external, "secrets.env"), secrets.Select(secret => $"{secret.Key}={secret.Value}"));
        var images = new[] { "api", "enrichment", "web" }
            .Select(service => $"  - {{ name: marketdata-{service}, newName: {registry}/marketdata-{service}, newTag: \"{tag}\" }}\n");
        var own = Directory.CreateDirectory(Path.Combine(copy, "overlays", "own")).FullName;
        await File.WriteAllTextAsync(
            Path.Combine(own, "kustomization.yaml"),
            $"""
            apiVersion: kustomize.config.k8s.io/v1beta1
            kind: Kustomization
            namespace: marketdata
            resources: [../external-database]
            images:
            {string.Concat(images)}
            configMapGenerator:
              - name: marketdata-settings
                behavior: merge
                literals:
            {string.Concat(settings.Select(setting => $"      - \"{setting.Key}={setting.Value}\"\n"))}
            """);
        return new Overlay(copy, kubectl);
    }

    /// <summary>Adds a setting that is secret.</summary>
    public Task AddSecretAsync(string name, string value) =>
        File.AppendAllTextAsync(Path.Combine(_copy, "overlays", "external-database", "secrets.env"), $"{name}={value}\n");

    /// <summary>What <c>kubectl apply -k</c> would send to a cluster.</summary>
    public async Task<string> RenderAsync()
    {
        var (code, output) = await Tool.RunAsync(_copy, Path.Combine(_kubectl, "kubectl"), "kustomize", "overlays/own");
        return code == 0 ? output : throw new InvalidOperationException($"The overlay does not render: {output}");
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_copy, recursive: true);
}
