using MarketData.Web.Presentation;
using MarketData.Web.Tests.Fakes;

namespace MarketData.Web.Tests.Presentation;

public sealed class VerdictTests
{
    private readonly FakeWorld _world = new();

    [Fact]
    public void The_worst_thing_is_said_first_and_the_others_after_it()
    {
        Heal();
        _world.Troubles.Add(FakeTroubles.Of("symbols_failed", "bad", "15 symbols failed: Polygon refuses the key."));
        _world.Troubles.Add(FakeTroubles.Of("paused", "warning", "Enrichment is paused.") with { Effect = "7 jobs wait." });

        var verdict = Verdict.Of(_world.Overview, _world.Health);

        verdict.ShouldBe(new Verdict("bad", "15 symbols failed: Polygon refuses the key.", "Also: Enrichment is paused."));
        for (var i = 0; i < 3; i++)
            _world.Troubles.Add(FakeTroubles.Of("stale", "warning", $"Thing {i}."));
        Verdict.Of(_world.Overview, _world.Health).More.ShouldBe("Also: Enrichment is paused. Thing 0. Thing 1. And 1 more thing below.");
    }

    [Theory]
    [InlineData("provider", "bad", "bad")]
    [InlineData("database", "grave", "bad")]
    [InlineData("no_node", "grave", "bad")]
    [InlineData("paused", "warning", "warn")]
    public void What_waits_for_the_worst_thing_belongs_to_it(string kind, string severity, string tone)
    {
        Heal();
        _world.Troubles.Add(FakeTroubles.Of(kind, severity, "It is in trouble.") with { Effect = "15 symbols wait." });

        Verdict.Of(_world.Overview, _world.Health).ShouldBe(new Verdict(tone, "It is in trouble. 15 symbols wait."));
    }

    [Fact]
    public void Good_data_is_said_to_be_good_and_a_first_run_to_be_one()
    {
        Heal();
        Verdict.Of(_world.Overview, _world.Health).ShouldBe(new Verdict("good", "The data is good: all 20 symbols are healthy."));
        AttentionList.Of(_world.Health).ShouldBeEmpty();

        _world.Symbols[0] = _world.Symbols[0] with { Status = "pending" };
        Verdict.Of(_world.Overview, _world.Health).ShouldBe(new Verdict("busy", "First enrichment under way: 19 of 20 symbols are ready."));
    }

    private void Heal()
    {
        for (var i = 0; i < _world.Symbols.Count; i++)
            _world.Symbols[i] = _world.Symbols[i] with { Status = "healthy" };
    }
}
