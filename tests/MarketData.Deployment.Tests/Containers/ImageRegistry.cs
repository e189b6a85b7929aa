using MarketData.Testing;
using MarketData.Testing.Tools;

namespace MarketData.Deployment.Tests.Containers;

/// <summary>A registry on this machine, with the images of the services, published as docs/deploy.md says.</summary>
internal sealed class ImageRegistry
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);

    private ImageRegistry(string address) => Address = address;

    /// <summary>Its host and port.</summary>
    public string Address { get; }

    /// <summary>Starts one.</summary>
    public static async Task<ImageRegistry> StartAsync(ContainerEngine engine, CancellationToken cancellation)
    {
        var address = new Uri(AppHostProcess.FreeAddress()).Authority;
        var settings = Path.Combine(engine.Directory, "registry.yml");
        await File.WriteAllTextAsync(
            settings,
            $$"""
            version: 0.1
            log: { level: warn, accesslog: { disabled: true } }
            storage: { filesystem: { rootdirectory: {{engine.Directory}}/registry } }
            http: { addr: {{address}} }
            """,
            cancellation);
        await engine.StartProgramAsync("registry", "docker-registry", "serve", settings);
        using var client = new HttpClient();
        await Eventually.BecomesAsync(
            async () => (await client.GetAsync(new Uri($"http://{address}/v2/"), cancellation)).IsSuccessStatusCode, StartTimeout, cancellation);
        return new ImageRegistry(address);
    }

    /// <summary>Publishes the image of a service on a base.</summary>
    public async Task PublishAsync(string service, string tag, string baseImage)
    {
        // The tests' own build has restored and checked everything.
        var (code, output) = await Tool.RunAsync(
            AppHostProcess.RepositoryRoot(), "dotnet", "publish", $"MarketData.{service}", "/t:PublishContainer", "-c", "Release",
            "--no-restore", "--nologo", "-v", "q", "-p:RunAnalyzers=false", "-p:UseSharedCompilation=true",
            $"-p:ContainerBaseImage={baseImage}", $"-p:ContainerRegistry={Address}", $"-p:ContainerImageTag={tag}");
        if (code != 0)
            throw new InvalidOperationException($"The image of {service} could not be published: {output}");
    }
}
