using System.Collections.Concurrent;
using MarketData.Domain.Candles;
using MarketData.Enrichment.Pipeline;
using MarketData.Storage.Candles;
using MarketData.Storage.Dashboard;
using MarketData.Storage.Enrichment;
using MarketData.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MarketData.Enrichment.Tests.Scheduling;

/// <summary>What is kept of a job for whoever looks at it: its steps one by one and its log lines; and how it is cancelled alone.</summary>
public sealed class JobRecordTests(PostgresServer server) : QueueTests(server)
{
    private static readonly TimeSpan WaitLimit = TimeSpan.FromSeconds(60);

    private JobReader Reader => new(Database);

    [Fact]
    public async Task Each_step_is_kept_with_when_it_ran_what_it_came_to_and_why_it_failed()
    {
        await TriggerAsync("AAPL");
        var job = await ClaimAsync();
        var before = DateTime.UtcNow;
        var progress = new JobProgress(job, Jobs, TimeProvider.System);
        await progress.StepAsync(EnrichmentStep.Store, BarInterval.OneDay, () => new WriteResult(3, 1, 0, 248), Cancellation);
        await progress.StepAsync(EnrichmentStep.Store, BarInterval.OneDay, () => new WriteResult(0, 2, 0, 0), Cancellation);
        await Should.ThrowAsync<InvalidOperationException>(() => progress.StepAsync<bool>(
            EnrichmentStep.Fetch, BarInterval.OneHour, () => throw new InvalidOperationException("It said\0 no."), Cancellation));
        await Jobs.FailAsync(job.Fence, new JobFailure(true, "It said no.", "Ask again.", "refused"), TimeSpan.Zero, progress.Steps, Cancellation);

        var steps = (await Reader.ReadAttemptsAsync(job.Id, Cancellation)).ShouldHaveSingleItem().Steps;
        steps.Select(step => $"{step.Step} {step.Timeframe} {step.Outcome} {step.Candles} {step.Message}").ShouldBe(
            ["store 1d succeeded 4 3 new, 1 revised", "store 1d succeeded 2 0 new, 2 revised", "fetch 1h failed  It said\ufffd no."]);
        steps.ShouldAllBe(step => step.StartedAt >= before && step.EndedAt >= step.StartedAt && step.Times == 1);
    }

    [Fact]
    public async Task Of_very_many_steps_the_later_ones_are_added_up()
    {
        await TriggerAsync("AAPL");
        var progress = new JobProgress(await ClaimAsync(), Jobs, TimeProvider.System);
        for (var i = 0; i < 130; i++)
        {
            await progress.StepAsync(EnrichmentStep.Score, BarInterval.OneDay, () => new StoredCandle[2], Cancellation);
            await progress.StepAsync(EnrichmentStep.Store, BarInterval.OneDay, () => new WriteResult(1, 0, 0, 0), Cancellation);
        }

        progress.Steps.Count.ShouldBe(200);
        progress.Steps.Sum(step => step.Times).ShouldBe(260);
        progress.Steps.Where(step => step.Step == EnrichmentStep.Score).Sum(step => step.Candles).ShouldBe(260);
        progress.Steps.Last().Times.ShouldBe(31);
    }

    [Fact]
    public async Task Whoever_watches_sees_the_steps_of_an_attempt_that_goes_on()
    {
        await TriggerAsync("AAPL");
        var job = await ClaimAsync();
        var clock = new Clock();
        var progress = new JobProgress(job, Jobs, clock);
        await progress.StepAsync(EnrichmentStep.Fetch, BarInterval.OneDay, () => true, Cancellation);
        clock.Ahead = TimeSpan.FromSeconds(2);
        await progress.StepAsync(EnrichmentStep.Store, BarInterval.OneDay, () => true, Cancellation);

        var attempt = (await Reader.ReadAttemptsAsync(job.Id, Cancellation)).ShouldHaveSingleItem();
        attempt.EndedAt.ShouldBeNull();
        attempt.Steps.Select(step => (step.Step, step.Outcome)).ShouldBe([("fetch", "succeeded"), ("store", null)]);
    }

    [Fact]
    public async Task A_timeline_has_the_jobs_in_the_order_in_which_they_began_and_of_many_those_that_matter()
    {
        var run = (await TriggerAsync()).JobId!.Value;
        var first = await ClaimAsync();
        var second = await ClaimAsync();
        await SucceedAsync(first);

        var (all, total) = await Reader.ReadTimelineAsync(run, null, 10, Cancellation);
        all.Select(row => row.Job.Status).ShouldBe(["succeeded", "running", "queued"]);
        all.Select(row => row.Attempts.Count).ShouldBe([1, 1, 0]);
        total.ShouldBe(3);
        (await Reader.ReadTimelineAsync(run, null, 1, Cancellation)).Items.ShouldHaveSingleItem().Job.Symbol.ShouldBe(second.Symbol);
        (await Reader.ReadTimelineAsync(run, "queued", 10, Cancellation)).Total.ShouldBe(1);
    }

    [Fact]
    public async Task A_job_that_waits_is_cancelled_alone_and_at_once()
    {
        var run = (await TriggerAsync()).JobId!.Value;
        var waiting = await ScalarAsync<long>("SELECT id FROM enrichment_jobs WHERE symbol = 'MSFT'");

        (await Runs.CancelJobAsync(waiting, Cancellation)).ShouldBe(new CancelledJob(waiting, run, "MSFT", "cancelled"));

        (await ScalarAsync<int>("SELECT count(*) FROM enrichment_jobs WHERE status = 'queued'")).ShouldBe(2);
        (await ScalarAsync<int>("SELECT symbols_cancelled FROM enrichment_history")).ShouldBe(1);
        (await Runs.CancelJobAsync(waiting, Cancellation)).ShouldNotBeNull().Status.ShouldBe("cancelled");
        (await Runs.CancelJobAsync(waiting + 1000, Cancellation)).ShouldBeNull();
    }

    [Fact]
    public async Task A_job_that_is_worked_on_ends_before_its_next_step_and_its_symbol_keeps_its_health()
    {
        await ExecuteAsync("INSERT INTO enrichment_status (symbol, asset_class, status, health) VALUES ('AAPL', 'stock', 'healthy', 'healthy')");
        var (began, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        var done = new ConcurrentQueue<string>();
        await using var node = await TestNode.StartAsync(ConnectionString, async (progress, interval, cancellation) =>
        {
            await progress.StepAsync(EnrichmentStep.Fetch, interval, async stop =>
            {
                began.TrySetResult();
                await goOn.Task.WaitAsync(stop);
                done.Enqueue("fetch");
                return true;
            }, cancellation);
            await progress.StepAsync(EnrichmentStep.Store, interval, () => done.Count, cancellation);
            done.Enqueue("store");
        });
        await TriggerAsync("AAPL");
        await began.Task.WaitAsync(WaitLimit, Cancellation);

        var id = await ScalarAsync<long>("SELECT id FROM enrichment_jobs");
        (await Runs.CancelJobAsync(id, Cancellation)).ShouldNotBeNull().Status.ShouldBe("running");
        goOn.SetResult();
        await Eventually.BecomesAsync(
            async () => await ScalarAsync<string>("SELECT status FROM enrichment_history") == "cancelled", WaitLimit, Cancellation);

        done.ShouldBe(["fetch"]);
        var job = (await Reader.ReadAsync(id, Cancellation)).ShouldNotBeNull();
        (job.Status, job.ErrorMessage).ShouldBe(("cancelled", null));
        (await Reader.ReadAttemptsAsync(id, Cancellation)).ShouldHaveSingleItem().Outcome.ShouldBe("cancelled");
        (await ScalarAsync<string>("SELECT status || coalesce(error_message, '') FROM enrichment_status")).ShouldBe("healthy");
    }

    [Fact]
    public async Task A_step_that_takes_long_is_broken_off()
    {
        var work = new HeldWork();
        await using var node = await TestNode.StartAsync(
            ConnectionString,
            (progress, interval, cancellation) => progress.StepAsync(
                EnrichmentStep.Fetch, interval, async stop =>
                {
                    await work.RunAsync(progress, interval, stop);
                    return true;
                }, cancellation),
            new() { ["Enrichment:Lease:RenewInterval"] = "00:00:00.200" });
        await TriggerAsync("AAPL", "MSFT");
        await Eventually.BecomesAsync(() => work.Active.Count == 2, WaitLimit, Cancellation);

        var id = await ScalarAsync<long>("SELECT id FROM enrichment_jobs WHERE symbol = 'MSFT'");
        await Runs.CancelJobAsync(id, Cancellation);
        await Eventually.BecomesAsync(
            async () => (await Reader.ReadAsync(id, Cancellation))?.Status == "cancelled", WaitLimit, Cancellation);

        work.BrokenOff.ShouldBe(["MSFT"]);
        work.Active.ShouldBe(["AAPL"]);
        (await Reader.ReadAttemptsAsync(id, Cancellation)).ShouldHaveSingleItem().Steps.Select(step => step.Outcome).ShouldBe(["cancelled"]);
        work.Release();
    }

    [Fact]
    public async Task Asked_for_again_a_job_that_was_to_stop_goes_on()
    {
        await TriggerAsync("AAPL");
        var job = await ClaimAsync();
        await Runs.CancelJobAsync(job.Id, Cancellation);
        await TriggerAsync("AAPL");

        (await Jobs.EnterStepAsync(job.Fence, "fetch", "1d", null, null, Cancellation)).ShouldBeTrue();
    }

    [Fact]
    public async Task What_is_logged_while_a_job_is_worked_on_is_kept_with_it()
    {
        ILogger? log = null;
        await using var node = await TestNode.StartAsync(ConnectionString, async (progress, interval, cancellation) =>
        {
            await progress.StepAsync(EnrichmentStep.Fetch, interval, () => true, cancellation);
            await Task.Yield();
            log!.LogWarning(new TimeoutException("Too late\0."), "{Symbol} came late", progress.Job.Symbol);
            throw new InvalidOperationException("No luck.");
        }, new() { ["Enrichment:MaxAttempts"] = "1" });
        log = node.Services.GetRequiredService<ILoggerFactory>().CreateLogger("MarketData.Test");
        log.LogWarning("Of no job");
        await TriggerAsync("AAPL", "MSFT");
        var id = await ScalarAsync<long>("SELECT id FROM enrichment_jobs WHERE symbol = 'MSFT'");
        await Eventually.BecomesAsync(
            async () => (await ReadAsync("error")).Count > 0, WaitLimit, Cancellation);

        var lines = await ReadAsync("debug", "information", "warning", "error");
        lines.ShouldAllBe(line => line.Attempt == 1 && line.Node == node.Id);
        lines.Select(line => line.LoggedAt).ShouldBeInOrder();
        lines[0].Message.ShouldStartWith("Attempt 1 of 1 begins: ");
        lines.ShouldContain(line => line.Level == "debug" && line.Message.StartsWith("1d fetch succeeded in ", StringComparison.Ordinal));
        lines.Where(line => line.Level == "warning").Select(line => (line.Message, line.Exception))
            .ShouldBe([("MSFT came late", "TimeoutException: Too late\ufffd."), ("MSFT came late", "TimeoutException: Too late\ufffd.")]);
        lines.ShouldContain(line => line.Level == "error" && line.Message.Contains("MSFT failed at attempt 1", StringComparison.Ordinal));
        (await Reader.ReadLogAsync(id, ["debug"], lines[0].Id, 1, Cancellation)).ShouldHaveSingleItem().Id.ShouldBeGreaterThan(lines[0].Id);
        (await ScalarAsync<int>("SELECT count(*) FROM enrichment_job_log WHERE message LIKE 'Of no%'")).ShouldBe(0);

        Task<IReadOnlyList<JobLogEntry>> ReadAsync(params string[] levels) => Reader.ReadLogAsync(id, levels, 0, 100, Cancellation);
    }

    private sealed class Clock : TimeProvider
    {
        public TimeSpan Ahead { get; set; }

        public override long GetTimestamp() => base.GetTimestamp() + (long)(Ahead.TotalSeconds * TimestampFrequency);
    }
}
