using MarketData.Testing;
using MarketData.Testing.Tools;

namespace MarketData.Observability.Tests.Deployment;

public sealed class KubernetesTests
{
    [Fact]
    public async Task Every_overlay_renders_and_is_what_the_Kubernetes_API_takes()
    {
        var kubectl = await KubectlCommand.FolderAsync();
        Assert.SkipWhen(kubectl is null, "kubectl is not installed, which renders the overlays.");
        Assert.SkipUnless(Tool.Find("npm") is not null, "npm is not installed, which brings the Kubernetes API's schemas.");
        var copy = Tool.Copy(Path.Combine(AppHostProcess.RepositoryRoot(), "deploy", "kubernetes"));
        try
        {
            var (installed, installing) = await Tool.RunAsync(copy, "npm", "ci", "--no-audit", "--no-fund");
            installed.ShouldBe(0, installing);

            var (code, output) = await Tool.RunAsync(copy, "env", $"PATH={kubectl}:{Environment.GetEnvironmentVariable("PATH")}", "npm", "run", "check");

            code.ShouldBe(0, output);
            output.ShouldContain("in-cluster-database: ");
            output.ShouldContain("external-database: ");
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }
}
