using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using MarketData.Testing;

namespace MarketData.EndToEnd.Tests;

/// <summary>The system on Aspire's own engine, on a database of the tests' server, so that it needs no container engine.</summary>
internal sealed class RunningSystem : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(5);

    private readonly DistributedApplication _application;
    private readonly TestDatabase _database;
    private readonly PostgresServer _server;

    private RunningSystem(DistributedApplication application, PostgresServer server, TestDatabase database) =>
        (_application, _server, _database) = (application, server, database);

    /// <summary>The dashboard's address.</summary>
    public Uri Dashboard => new(_application.GetEndpoint("web", "http"), "/dashboard/");

    /// <summary>The simulator's address.</summary>
    public Uri Simulator => _application.GetEndpoint("simulator", "http");

    /// <summary>Starts it with its default settings, but for free ports and a database of its own, and waits until all is healthy.</summary>
    public static async Task<RunningSystem> StartAsync(CancellationToken cancellation)
    {
        var server = new PostgresServer();
        await server.InitializeAsync();
        var database = await server.CreateEmptyDatabaseAsync(cancellation);
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.MarketData_AppHost>(
            ["--Ports:Web=0", "--Ports:Api=0", "--Monitoring:Enabled=false", $"--ConnectionStrings:marketdata={database.ConnectionString}"],
            cancellation);
        var application = await builder.BuildAsync(cancellation);
        await application.StartAsync(cancellation);
        foreach (var service in (string[])["simulator", "enrichment", "api", "web"])
            await application.ResourceNotifications.WaitForResourceHealthyAsync(service, cancellation).WaitAsync(StartTimeout, cancellation);
        return new RunningSystem(application, server, database);
    }

    /// <summary>Does what a person does with a command of a resource in the Aspire dashboard.</summary>
    public Task<ExecuteCommandResult> ExecuteCommandAsync(string resource, string command, CancellationToken cancellation) =>
        _application.ResourceCommands.ExecuteCommandAsync(resource, command, cancellation);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _application.DisposeAsync();
        await _database.DisposeAsync();
        await _server.DisposeAsync();
    }
}
