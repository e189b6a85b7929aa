using MarketData.Web.Presentation;
using MarketData.Web.Tests.Fakes;

namespace MarketData.Web.Tests.Presentation;

public sealed class VerdictTests
{
    [Fact]
    public void The_worst_thing_is_said_first()
    {
        var world = new FakeWorld();
        Verdict.Of(world.Overview, world.Health).ShouldBe(new Verdict("bad", "1 symbol failed and needs attention."));

        world.OpenCircuit("polygon");
        Verdict.Of(world.Overview, world.Health).Sentence.ShouldBe("Polygon (Massive) can't be reached, and 1 symbol failed.");

        world.Scheduler = "stopped";
        Verdict.Of(world.Overview, world.Health).Sentence.ShouldBe("Enrichment is stopped: no node is alive.");
    }

    [Fact]
    public void Good_data_is_said_to_be_good()
    {
        var world = new FakeWorld();
        for (var i = 0; i < world.Symbols.Count; i++)
            world.Symbols[i] = world.Symbols[i] with { Status = "healthy" };

        Verdict.Of(world.Overview, world.Health).ShouldBe(new Verdict("good", "The data is good: all 20 symbols are healthy."));
        AttentionList.Of(world.Overview, world.Health, world.Attention(null)).ShouldNotContain(item => item.Tone == "bad");
    }

    [Fact]
    public void A_symbol_that_nobody_knows_any_more_is_told_of()
    {
        var world = new FakeWorld();
        for (var i = 0; i < world.Symbols.Count; i++)
            world.Symbols[i] = world.Symbols[i] with { Status = "healthy" };
        world.Symbols[0] = world.Symbols[0] with { Status = "delisted" };

        Verdict.Of(world.Overview, world.Health).ShouldBe(new Verdict("warn", "1 symbol is delisted or renamed."));
    }

    [Fact]
    public void What_needs_attention_carries_its_cause_and_the_action_that_helps()
    {
        var world = new FakeWorld { Scheduler = "paused" };
        world.OpenCircuit("binance");

        var items = AttentionList.Of(world.Overview, world.Health, world.Attention(null));

        items.ShouldContain(item => item.What == "Enrichment is paused." && item.Remedy == Remedy.Resume);
        items.ShouldContain(item => item.What.StartsWith("Binance's circuit is open") && item.Cause!.Contains("HTTP 503") && item.Href == "resilience#binance");
        items.ShouldContain(item => item.What == "JNJ failed after 4 attempts." && item.Cause!.Contains("ticker not found") && item.Remedy == Remedy.RetryFailed);
        items.ShouldContain(item => item.Tone == "stale" && item.Remedy == Remedy.RunNow);
    }
}
