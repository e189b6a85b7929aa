using MarketData.Storage.Enrichment;
using MarketData.Testing;

namespace MarketData.Enrichment.Tests.Scheduling;

public sealed class BackfillStoreTests(PostgresServer server) : QueueTests(server)
{
    [Fact]
    public async Task What_a_lost_attempt_sent_and_arrives_late_changes_nothing()
    {
        var (from, to) = (new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc), new DateTime(2021, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        var store = new BackfillStore(Database);
        await TriggerAsync("AAPL");
        var lost = await ClaimAsync();
        await Jobs.LoseAsync(lost.Fence, "The wire broke.", 25, Cancellation);
        var later = await ClaimAsync("node-b");
        var backfill = await store.BeginAsync("AAPL", "1d", from, to, later, Cancellation);
        await ExecuteAsync("UPDATE backfill_state SET status = 'completed', last_successful_date = end_date");
        const string state = "SELECT status || ' ' || retry_count || ' ' || (last_successful_date = end_date) FROM backfill_state";

        (await Should.ThrowAsync<LeaseLostException>(() => store.BeginAsync("AAPL", "1d", from, to, lost, Cancellation)))
            .Message.ShouldContain("lease");
        (await ScalarAsync<string>(state)).ShouldBe("completed 0 true");
        await store.FailAsync("AAPL", "1d", backfill, "The wire broke.", lost.Fence, Cancellation);
        (await ScalarAsync<string>(state)).ShouldBe("completed 0 true");
        await store.ForgetAsync("AAPL", "1d", lost, Cancellation);
        (await ScalarAsync<string>(state)).ShouldBe("completed 0 true");

        await store.FailAsync("AAPL", "1d", backfill, "Nobody answers.", later.Fence, Cancellation);
        (await ScalarAsync<string>(state)).ShouldBe("failed 1 true");
        await store.ForgetAsync("AAPL", "1d", later, Cancellation);
        (await ScalarAsync<string>(state)).ShouldBeNull();
    }
}
