using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MarketData.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MarketData.Observability.Tests.Management;

/// <summary>What is inside a service is told at its management port, and nowhere else.</summary>
public sealed class ManagementPortTests
{
    private static readonly string[] Listening = ["--urls=http://127.0.0.1:8080;http://127.0.0.1:8081"];

    private readonly Uri _public = new(AppHostProcess.FreeAddress());
    private readonly Uri _management = new(AppHostProcess.FreeAddress());

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Metrics_and_what_each_check_found_are_told_at_the_management_port_alone()
    {
        await using var service = await StartAsync(Environments.Production, $"--urls={_public};{_management}", $"--Management:Port={_management.Port}");
        using var http = new HttpClient();

        (await http.GetStringAsync(new Uri(_public, "/health"), Cancellation)).ShouldBe("Degraded");
        (await http.GetStringAsync(new Uri(_public, "/alive"), Cancellation)).ShouldBe("Healthy");
        (await http.GetAsync(new Uri(_public, "/metrics"), Cancellation)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        var health = await http.GetFromJsonAsync<JsonElement>(new Uri(_management, "/health"), Cancellation);
        health.GetProperty("status").GetString().ShouldBe("degraded");
        var disk = health.GetProperty("checks").GetProperty("disk");
        disk.GetProperty("status").GetString().ShouldBe("degraded");
        disk.GetProperty("description").GetString().ShouldBe("It is nearly full.");
        (await http.GetAsync(new Uri(_management, "/alive"), Cancellation)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await http.GetStringAsync(new Uri(_management, "/metrics"), Cancellation)).ShouldContain("target_info");
    }

    [Fact]
    public async Task A_caller_cannot_claim_to_be_at_the_management_port()
    {
        await using var service = await StartAsync(Environments.Production, $"--urls={_public};{_management}", $"--Management:Port={_management.Port}");
        using var http = new HttpClient();

        foreach (var (name, value) in new[] { ("Host", _management.Authority), ("X-Forwarded-Host", _management.Authority), ("X-Forwarded-Port", $"{_management.Port}") })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_public, "/metrics"));
            request.Headers.Add(name, value);
            (await http.SendAsync(request, Cancellation)).StatusCode.ShouldBe(HttpStatusCode.NotFound, name);
        }
    }

    [Theory]
    [InlineData("Development", HttpStatusCode.OK)]
    [InlineData("Production", HttpStatusCode.NotFound)]
    [InlineData("Staging", HttpStatusCode.NotFound)]
    public async Task Without_a_management_port_metrics_are_shown_in_Development_alone(string environment, HttpStatusCode status)
    {
        await using var service = await StartAsync(environment, $"--urls={_public}");
        using var http = new HttpClient();

        (await http.GetAsync(new Uri(_public, "/metrics"), Cancellation)).StatusCode.ShouldBe(status);
        (await http.GetStringAsync(new Uri(_public, "/health"), Cancellation)).ShouldBe("Degraded");
    }

    [Theory]
    [InlineData(8081)]
    [InlineData(8080)]
    public async Task Either_of_two_ports_may_be_the_one(int port)
    {
        await using var service = Service(Environments.Production, [.. Listening, $"--Management:Port={port}"]);

        ServiceRunner.InvalidSettings(service.Services).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Management:Port is 8082, where this service does not listen", "--urls=http://127.0.0.1:8080;http://127.0.0.1:8081", "8082")]
    [InlineData("Management:Port is 8082, where this service does not listen", "--http_ports=8080;8081", "8082")]
    [InlineData("Management:Port is 8081, where this service does not listen", "--Kestrel:Endpoints:One:Url=http://*:8080", "8081")]
    [InlineData("Management:Port is 8081, the only port of this service", "--http_ports=8081", "8081")]
    [InlineData("Management:Port is 8081, the only port of this service", "--urls=http://127.0.0.1:8081;http://[::1]:8081", "8081")]
    [InlineData("Management:Port must lie between 1 and 65535, and is 0.", "--http_ports=8080;8081", "0")]
    [InlineData("'Management:Port'", "--http_ports=8080;8081", "management")]
    public async Task A_port_that_cannot_be_the_one_is_said_in_a_sentence(string sentence, string listening, string port)
    {
        await using var service = Service(Environments.Production, listening, $"--Management:Port={port}");

        ServiceRunner.InvalidSettings(service.Services)[0].ShouldContain(sentence);
    }

    private static async Task<WebApplication> StartAsync(string environment, params string[] arguments)
    {
        var service = Service(environment, arguments);
        await service.StartAsync(Cancellation);
        return service;
    }

    private static WebApplication Service(string environment, params string[] arguments)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = environment, Args = arguments });
        builder.AddServiceDefaults();
        builder.Logging.ClearProviders();
        builder.Services.AddHealthChecks().AddCheck("disk", static () => HealthCheckResult.Degraded("It is nearly full."));
        var service = builder.Build();
        service.MapDefaultEndpoints();
        return service;
    }
}
