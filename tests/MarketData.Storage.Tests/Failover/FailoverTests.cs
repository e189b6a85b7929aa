using MarketData.Storage.Enrichment;
using MarketData.Storage.Events;

namespace MarketData.Storage.Tests.Failover;

/// <summary>What a process had learnt before a failover that lost transactions does no harm after it.</summary>
public sealed class FailoverTests(FailedOverDatabase world) : IClassFixture<FailedOverDatabase>
{
    private static readonly JobFailure Failure = new(false, "The provider did not answer.", "Wait; it is tried again.", "timeout");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_follows_a_portion_that_is_gone_is_refused_and_the_job_goes_on_from_what_is_stored()
    {
        await Should.ThrowAsync<FailedOverException>(() => world.WriteAsync("AAPL", 24, 36, "polygon", world.Kept.Fence));

        (await world.ScalarAsync<int>("SELECT count(*) FROM candles WHERE symbol = 'AAPL'")).ShouldBe(12);
        var lost = await world.Jobs.LoseAsync(world.Kept.Fence, FailedOverException.Cause, 25, Cancellation);
        lost.Status.ShouldBe("queued");
        (await world.ScalarAsync<string>("SELECT error_message FROM enrichment_job_attempts WHERE outcome = 'lost'")).ShouldBe(FailedOverException.Cause);
    }

    [Fact]
    public async Task Work_that_may_be_gone_neither_succeeds_nor_fails()
    {
        var (fence, timeframes) = (world.KeptToo.Fence, world.KeptToo.Timeframes);

        await Should.ThrowAsync<FailedOverException>(() => world.Jobs.CompleteAsync(fence, timeframes, [], Cancellation));
        await Should.ThrowAsync<FailedOverException>(
            () => world.Jobs.FailAsync(fence, Failure with { IsPermanent = true }, TimeSpan.Zero, [], Cancellation));

        (await world.ScalarAsync<string>("SELECT status FROM enrichment_jobs WHERE symbol = 'MSFT'")).ShouldBe("running");
    }

    [Fact]
    public async Task A_claim_that_is_gone_is_not_taken_for_the_next_one()
    {
        (world.Gone.Symbol, world.Again.Symbol).ShouldBe(("SPY", "SPY"));
        world.Again.FenceNumber.ShouldBeGreaterThan(world.Gone.FenceNumber);

        var refused = await Should.ThrowAsync<LeaseLostException>(() => world.WriteAsync("SPY", 0, 12, "polygon", world.Gone.Fence));
        refused.ShouldBeOfType<LeaseLostException>();
        (await world.WriteAsync("SPY", 0, 12, "polygon", world.Again.Fence)).Inserted.ShouldBe(12);
    }

    [Fact]
    public async Task Candles_have_the_source_that_gave_them_although_its_number_is_gone()
    {
        await world.ExecuteAsync("INSERT INTO symbols (symbol, asset_class, timeframes) VALUES ('NVDA', 'stock', '{1d}')");
        await world.ExecuteAsync("INSERT INTO candle_sources (name) VALUES ('another')");

        await world.WriteAsync("NVDA", 0, 12, "coinbase", null);

        (await world.ScalarAsync<int>("SELECT count(*) FROM candles WHERE symbol = 'NVDA' AND source = 'coinbase'")).ShouldBe(12);
    }

    [Fact]
    public async Task A_listener_is_told_that_what_it_heard_may_be_undone()
    {
        for (var i = 0; i < 50; i++)
            await world.ExecuteAsync("SELECT pg_current_xact_id()");
        var now = await new EventReader(world.Database).ReadPositionAsync(Cancellation);

        EventReader.IsFromElsewhere(world.Heard, now).ShouldBeTrue();
        EventPosition.TryParse(world.Heard.ToString(), out var told).ShouldBeTrue();
        EventReader.IsFromElsewhere(told!, now).ShouldBeTrue();
        EventReader.IsFromElsewhere(now, now).ShouldBeFalse();
    }

    [Fact]
    public async Task Requests_that_are_gone_from_the_count_are_not_granted_again()
    {
        var first = await world.Quota.TakeAsync("polygon", 50, 60, 100, Cancellation);
        var second = await world.Quota.TakeAsync("polygon", 50, 600_000, 100, Cancellation);

        first.Permits.ShouldBe(0);
        second.Permits.ShouldBePositive();
    }

    [Fact]
    public async Task A_node_sees_that_transactions_are_gone_and_that_its_own_entry_is()
    {
        var (known, unknown) = (await world.BeatAsync("node-a"), await world.BeatAsync("node-b"));

        known.Timeline.ShouldBeGreaterThan(world.Confirmed.Timeline);
        known.Before.ShouldNotBeNull().ShouldBeLessThan(world.Confirmed.Written);
        unknown.Before.ShouldBeNull();
    }

    [Fact]
    public void Until_a_replica_is_promoted_it_is_said_that_no_server_takes_writes() => world.Meanwhile.ShouldNotBeNull().Kind.ShouldBe("no_primary");
}
