using System.Collections;
using Aspire.Hosting;

if (args is ["service", ..])
    RunService();
else
    RunAppHost(args);

// Two services, of which the second waits for the first, and a database when the test asks for one.
static void RunAppHost(string[] args)
{
    const string Project = "MarketData.AppHost.TestHost.csproj";
    var builder = DistributedApplication.CreateBuilder(args);
    var settings = builder.Configuration;

    var secret = builder.AddParameter("secret", () => "for the second alone", secret: true);
    var first = builder.AddProject("first", Project, launchProfileName: null)
        .WithArgs("service")
        .WithHttpEndpoint(port: settings.GetValue("Ports:First", 0))
        .WithHttpHealthCheck("/health")
        .WithUrlForEndpoint("http", url => url.DisplayText = "First")
        .WithEnvironment("FAILS_TO_START", settings["FailsToStart"]);
    var second = builder.AddProject("second", Project, launchProfileName: null)
        .WithArgs("service")
        .WithHttpEndpoint()
        .WithHttpHealthCheck("/health")
        .WithUrlForEndpoint("http", url => (url.DisplayText, url.Url) = ("Second", "/environment"))
        .WithReplicas(settings.GetValue("Second:Replicas", 1))
        .WithReference(first).WaitFor(first)
        .WithEnvironment("SECRET", secret)
        .WithEnvironment("ADDRESS_OF_FIRST", $"{first.GetEndpoint("http")}/path");

    if (settings.GetValue("Database", false))
    {
        var database = builder.AddPostgres("postgres").AddDatabase("kept");
        second.WithReference(database).WaitFor(database);
    }

    builder.Build().Run();
}

static void RunService()
{
    if (Environment.GetEnvironmentVariable("FAILS_TO_START") is not null)
    {
        Console.Error.WriteLine("Section:Setting is missing.");
        Environment.Exit(78);
    }

    var app = WebApplication.Create();
    app.MapGet("/health", () => "Healthy");
    app.MapGet("/environment", () => Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => entry.Value));
    app.MapPost("/die", () => Environment.Exit(3));
    app.Run();
}
