using MarketData.Testing;

namespace MarketData.EndToEnd.Tests.Running;

/// <summary>The commands that the Aspire dashboard offers on the enrichment resource.</summary>
public sealed class CommandTests(SystemFixture system)
{
    private static readonly TimeSpan WaitLimit = TimeSpan.FromMinutes(1);

    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Enrichment_can_be_triggered_paused_and_resumed()
    {
        await system.FirstRunAsync(_cancellation);

        await ExecuteAsync("trigger");
        var runs = await system.GetAsync("enrichment/history?limit=20", _cancellation);
        var run = runs.GetProperty("items").EnumerateArray().First(run => run.GetProperty("trigger").GetString() == "manual");

        await ExecuteAsync("pause");
        await BecomesAsync("paused");
        await ExecuteAsync("resume");
        await BecomesAsync("running");
        await system.EndedAsync(run.GetProperty("job_id").GetGuid(), _cancellation);
    }

    // A busy API asks to come again, which a person does by pressing once more.
    private Task ExecuteAsync(string command) => Eventually.BecomesAsync(
        async () => (await system.Running.ExecuteCommandAsync("enrichment", command, _cancellation)).Success,
        WaitLimit,
        _cancellation);

    private Task BecomesAsync(string status) => Eventually.BecomesAsync(
        async () => (await system.GetAsync("enrichment/dashboard/overview", _cancellation)).GetProperty("scheduler_status").GetString() == status,
        WaitLimit,
        _cancellation);
}
