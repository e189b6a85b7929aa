using System.Text.Json.Nodes;
using MarketData.Testing;

namespace MarketData.AppHost.Tests;

/// <summary>What is published from here, by whichever profile: the services and their parameters, and nothing that is simulated.</summary>
public sealed class ManifestTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("marketdata-manifest-").FullName;
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("Development", "publish-manifest", "manifest.json")]
    [InlineData("Production", "publish-manifest", "manifest.json")]
    [InlineData("Development", "publish", "")]
    public async Task The_manifest_has_the_services_in_Production_and_no_simulator(string environment, string step, string path)
    {
        var output = Path.Combine(_directory, path);
        await using var host = AppHostProcess.Start(
            "dotnet",
            [AppHostProcess.Program("MarketData.AppHost"), "--operation", "publish", "--step", step, "--output-path", output],
            new Dictionary<string, string?>(AppHostProcess.LaunchProfile())
            {
                ["DOTNET_ENVIRONMENT"] = environment,
                ["ASPNETCORE_ENVIRONMENT"] = environment,
                ["Simulator__Enabled"] = "true",
                ["Web__Links__Grafana"] = "http://machine-of-a-developer",
                ["Providers__Polygon__ApiKey"] = "key-of-a-developer",
                ["Providers__Alpaca__ApiKey"] = "key-of-a-developer",
                ["Providers__Alpaca__ApiSecret"] = "secret-of-a-developer",
            });
        await host.EndedAsync(_cancellation);
        host.ExitCode.ShouldBe(0, host.Output);

        // What is no name of a JSON file is a folder.
        var text = await File.ReadAllTextAsync(path.Length > 0 ? output : Path.Combine(output, "aspire-manifest.json"), _cancellation);
        var resources = JsonNode.Parse(text)!["resources"]!.AsObject();

        resources.Select(resource => resource.Key).ShouldBe(["marketdata", "enrichment", "api", "web", "polygon-api-key", "alpaca-api-key", "alpaca-api-secret"], ignoreOrder: true);
        foreach (var service in (string[])["enrichment", "api", "web"])
            resources[service]!["env"]!["ASPNETCORE_ENVIRONMENT"]!.GetValue<string>().ShouldBe("Production");
        foreach (var (service, binding) in from service in (string[])["enrichment", "api", "web"]
                                           from binding in resources[service]!["bindings"]!.AsObject()
                                           select (service, binding))
        {
            var isPublic = binding.Value!["external"]?.GetValue<bool>() == true;
            isPublic.ShouldBe((service, binding.Key) == ("web", "http"), $"{service} {binding.Key}");
        }

        foreach (var service in (string[])["enrichment", "api", "web"])
            resources[service]!["env"]!["ASPNETCORE_FORWARDEDHEADERS_ENABLED"].ShouldBeNull();
        foreach (var service in (string[])["enrichment", "api", "web"])
            resources[service]!["env"]!["Management__Port"]!.GetValue<string>().ShouldBe($"{{{service}.bindings.management.targetPort}}");
        foreach (var service in (string[])["enrichment", "api"])
            resources[service]!["env"]!["Database__MigrateAtStart"]!.GetValue<string>().ShouldBe("true");
        foreach (var service in (string[])["api", "web"])
            resources[service]!["env"]!["Proxies__Trusted__0"]!.GetValue<string>().ShouldBe("100.64.0.0/10");
        foreach (var secret in (string[])["marketdata", "polygon-api-key", "alpaca-api-key", "alpaca-api-secret"])
            text.ShouldContain($"{{{secret}.");
        text.ShouldNotContain("imulat");
        text.ShouldNotContain("developer");
    }
}
