using MarketData.Testing;

namespace MarketData.Enrichment.Tests.Scheduling;

/// <summary>What a newer version of the system queues while this one still works is left to it, and takes nothing from what this one knows.</summary>
public sealed class NewerVersionTests(PostgresServer server) : QueueTests(server)
{
    private static readonly TimeSpan WaitLimit = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData("UPDATE enrichment_history SET trigger = 'audit' WHERE job_id = @run")]
    [InlineData("UPDATE enrichment_jobs SET timeframes = '{1d,1m}' WHERE job_id = @run")]
    [InlineData("UPDATE enrichment_jobs SET asset_class = 'bond' WHERE job_id = @run")]
    public async Task Work_of_a_kind_that_this_build_does_not_know_waits_for_a_newer_node(string becomeNewer)
    {
        var newer = await TriggerAsync("AAPL");
        await ExecuteAsync("ALTER TABLE enrichment_history DROP CONSTRAINT enrichment_history_trigger_check");
        await ExecuteAsync(becomeNewer, new { run = newer.JobId });
        await TriggerAsync("MSFT");

        (await ClaimAsync()).Symbol.ShouldBe("MSFT");

        (await Jobs.ClaimAsync("node-a", Lease, 4, Cancellation)).ShouldBeNull();
        (await ScalarAsync<string>("SELECT concat_ws(' ', status, attempt, losses) FROM enrichment_jobs WHERE symbol = 'AAPL'")).ShouldBe("queued 0 0");
    }

    [Fact]
    public async Task A_job_that_somebody_joins_with_an_interval_of_a_newer_version_is_given_back_unharmed()
    {
        var work = new HeldWork();
        await using var node = await TestNode.StartAsync(ConnectionString, work.RunAsync);
        await TriggerAsync("AAPL");
        await Eventually.BecomesAsync(() => work.Active.Count == 1, WaitLimit, Cancellation);

        await ExecuteAsync("UPDATE enrichment_jobs SET timeframes = timeframes || '{1m}' WHERE symbol = 'AAPL'");
        work.Release();

        await Eventually.BecomesAsync(
            () => ScalarAsync<bool>("SELECT status = 'queued' FROM enrichment_jobs WHERE symbol = 'AAPL'"), WaitLimit, Cancellation);
        (await ScalarAsync<string>("SELECT concat_ws(' ', attempt, losses, error_message) FROM enrichment_jobs WHERE symbol = 'AAPL'")).ShouldBe("1 0");
        (await ScalarAsync<string>("SELECT string_agg(outcome, ' ') FROM enrichment_job_attempts")).ShouldBe("returned");
        await TriggerAsync("MSFT");
        await Eventually.BecomesAsync(
            () => ScalarAsync<bool>("SELECT status = 'succeeded' FROM enrichment_jobs WHERE symbol = 'MSFT'"), WaitLimit, Cancellation);
    }
}
