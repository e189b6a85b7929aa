using System.Text.Json;
using MarketData.Domain.Candles;
using MarketData.Enrichment.Pipeline;
using MarketData.Storage.Enrichment;
using MarketData.Storage.Events;
using MarketData.Testing;

namespace MarketData.Enrichment.Tests.Scheduling;

public sealed class JobEventsTests(PostgresServer server) : QueueTests(server)
{
    [Fact]
    public async Task Every_step_of_a_job_is_pushed_to_whoever_listens()
    {
        await using var session = await new EventReader(Database).ListenAsync(Cancellation);
        var listener = session.Connection;
        var position = await EventReader.ReadPositionAsync(listener, Cancellation);
        var heard = 0;
        listener.Notification += (_, _) => heard++;

        await TriggerAsync("AAPL");
        var first = await ClaimAsync();
        await StepsAsync(first, EnrichmentStep.Fetch);
        await Jobs.FailAsync(first.Fence, new JobFailure(false, "The provider did not answer.", "Wait.", "timeout"), TimeSpan.Zero, [], Cancellation);
        var second = await ClaimAsync();
        await StepsAsync(second, EnrichmentStep.Fetch, EnrichmentStep.Validate, EnrichmentStep.Compute, EnrichmentStep.Score, EnrichmentStep.Store);
        await SucceedAsync(second);

        (await listener.WaitAsync(TimeSpan.FromSeconds(60), Cancellation)).ShouldBeTrue();
        var (events, _) = await EventReader.ReadSinceAsync(listener, position, Cancellation);
        var jobs = events.Where(one => one.Kind == "job").Select(one => JsonDocument.Parse(one.Payload).RootElement).ToList();
        jobs.Select(job => $"{job.GetProperty("status")} {job.GetProperty("step")}".Trim()).ShouldBe(
        [
            "queued", "running", "running fetch", "retrying", "running", "running fetch", "running validate", "running compute", "running score", "running store", "succeeded",
        ]);
        var retrying = jobs.Single(job => job.GetProperty("status").GetString() == "retrying");
        retrying.GetProperty("error_message").GetString().ShouldBe("The provider did not answer.");
        retrying.GetProperty("due_at").GetDateTimeOffset().ShouldBeGreaterThan(DateTimeOffset.UtcNow.AddMinutes(-5));
        events.Where(one => one.Kind == "run").Select(one => JsonDocument.Parse(one.Payload).RootElement.GetProperty("status").GetString())
            .ShouldBe(["queued", "running", "running", "completed"]);
        heard.ShouldBeGreaterThan(0);
    }

    private async Task StepsAsync(ClaimedJob job, params string[] steps)
    {
        var progress = new JobProgress(job, Jobs, TimeProvider.System);
        foreach (var step in steps)
            await progress.StepAsync(step, BarInterval.OneDay, () => true, Cancellation);
    }
}
