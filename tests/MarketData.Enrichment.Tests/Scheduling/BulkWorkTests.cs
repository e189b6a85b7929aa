using MarketData.Storage.Bulk;
using MarketData.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace MarketData.Enrichment.Tests.Scheduling;

/// <summary>Nodes write bulk files by the clock and when asked, one at a time, and go on where one was killed.</summary>
public sealed class BulkWorkTests(PostgresServer server) : IAsyncLifetime
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    private readonly string _folder = Directory.CreateTempSubdirectory("marketdata-bulk-").FullName;
    private TestDatabase _database = null!;

    private BulkStore Store => new(_database.DataSource);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await server.CreateDatabaseAsync(Cancellation);

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task The_clock_has_files_written()
    {
        await using var node = await StartAsync(_folder, "* * * * * ?");

        await Eventually.BecomesAsync(async () => await Store.VersionAsync(null, Cancellation) is not null, Timeout, Cancellation);

        (await Store.VersionAsync(null, Cancellation))!.RequestedBy.ShouldBe("schedule");
        File.Exists(Path.Combine(_folder, "latest.json")).ShouldBeTrue();
    }

    [Fact]
    public async Task A_run_whose_node_is_gone_is_taken_up()
    {
        var asked = await Store.RequestAsync("a person", Cancellation);
        (await Store.BeginAsync("gone", _folder, Cancellation))!.Status.ShouldBe("running");

        await using var first = await StartAsync(_folder, "0 0 0 1 1 ?");
        await using var second = await StartAsync(_folder, "0 0 0 1 1 ?");
        await Eventually.BecomesAsync(async () => (await NewestAsync())?.CompletedAt is not null, Timeout, Cancellation);

        var run = (await NewestAsync())!;
        (run.Id, run.Status, run.Attempts).ShouldBe((asked.Id, "completed", 2));
        run.Node.ShouldBeOneOf(first.Id, second.Id);
    }

    [Fact]
    public async Task A_target_that_cannot_be_written_fails_the_run_and_not_the_node()
    {
        var file = Path.Combine(_folder, "a-file");
        await File.WriteAllTextAsync(file, "", Cancellation);
        await using var node = await StartAsync(Path.Combine(file, "below"), "0 0 0 1 1 ?");
        await Store.RequestAsync("a person", Cancellation);

        await Eventually.BecomesAsync(async () => (await NewestAsync())?.CompletedAt is not null, Timeout, Cancellation);

        (await NewestAsync())!.Error!.ShouldStartWith("Bulk:Target is '");
        var metrics = node.Services.GetRequiredService<EnrichmentMetrics>();
        await Eventually.BecomesAsync(() => metrics.Cluster is { BulkFailing: true, LastBulkRun: null }, Timeout, Cancellation);
    }

    [Fact]
    public async Task A_run_that_is_broken_off_again_and_again_ends()
    {
        await Store.RequestAsync("a person", Cancellation);
        for (var i = 0; i < BulkStore.MostAttempts; i++)
            (await Store.BeginAsync($"node-{i}", _folder, Cancellation))!.Status.ShouldBe("running");

        var last = (await Store.BeginAsync("node", _folder, Cancellation))!;

        (last.Status, last.Error).ShouldBe(("failed", "It was broken off 5 times."));
        (await Store.IsOpenAsync(Cancellation)).ShouldBeFalse();
    }

    private async Task<BulkRun?> NewestAsync() => (await Store.RunsAsync(1, Cancellation)).SingleOrDefault();

    private Task<TestNode> StartAsync(string target, string schedule) => TestNode.StartAsync(
        _database.ConnectionString, (_, _, _) => Task.CompletedTask, new() { ["Bulk:Target"] = target, ["Bulk:Schedule"] = schedule });
}
