using System.Net;
using MarketData.Storage;
using MarketData.Storage.Schema;
using MarketData.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace MarketData.Enrichment.Tests.Service;

/// <summary>The service as it is deployed, on a database that nobody has migrated yet.</summary>
public sealed class SchemaWaitTests(PostgresServer server)
{
    private static readonly TimeSpan WaitLimit = TimeSpan.FromMinutes(2);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_waits_for_the_schema_says_so_once_and_works_when_it_is_there()
    {
        await using var database = await server.CreateEmptyDatabaseAsync(Cancellation);
        await using var service = await ServiceProcess.StartAsync(
            "MarketData.Enrichment", "/alive", new Dictionary<string, string?>
            {
                ["ConnectionStrings:marketdata"] = database.ConnectionString,
                ["Enrichment:RunOnFirstStart"] = "false",
                ["DOTNET_ENVIRONMENT"] = "Production",
            },
            Cancellation);
        await Eventually.BecomesAsync(() => service.Output.Contains("database has none: run migrate.", StringComparison.Ordinal), WaitLimit, Cancellation);
        (await service.Client.GetAsync(new Uri("/health", UriKind.Relative), Cancellation)).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await SchemaState.ReadAsync(database.DataSource, Cancellation)).Found.ShouldBeNull();

        await new DatabaseMigrator(NullLogger<DatabaseMigrator>.Instance, TimeProvider.System).MigrateAsync(database.ConnectionString, Cancellation);

        await Eventually.BecomesAsync(
            async () => (await service.Client.GetAsync(new Uri("/health", UriKind.Relative), Cancellation)).IsSuccessStatusCode, WaitLimit, Cancellation);
        // A look between two migrations finds another state, and says that as well.
        service.Output.Split('\n').Count(line => line.Contains("database has none: run migrate.", StringComparison.Ordinal)).ShouldBe(1, service.Output);
        service.Output.ShouldNotContain("fail: ");
    }

    [Theory]
    [InlineData("migrate")]
    [InlineData("provider", "check")]
    [InlineData("--Providers:Order", "yahoo", "check")]
    public async Task What_is_no_command_of_it_starts_no_second_node(params string[] arguments)
    {
        await using var process = AppHostProcess.Start("dotnet", [AppHostProcess.Program("MarketData.Enrichment"), .. arguments]);
        await process.EndedAsync(Cancellation);
        process.ExitCode.ShouldBe(64);
        process.Output.ShouldContain("providers ...");
    }
}
