using MarketData.Web.Presentation;
using MarketData.Web.Tests.Fakes;

namespace MarketData.Web.Tests.Presentation;

public sealed class AttentionListTests
{
    [Theory]
    [InlineData("disputed", "AAPL: split or dividend disputed")]
    [InlineData("unconverted", "AAPL: dividend in another currency")]
    [InlineData("possible_ticker_reuse", "AAPL: another company's ticker before?")]
    [InlineData("unit_shift", "AAPL: prices in another unit")]
    [InlineData("delisted", "AAPL: delisted or renamed?")]
    public void What_a_symbol_needs_somebody_for_names_it_and_says_what_to_do(string kind, string what)
    {
        var world = new FakeWorld();
        world.ToLookAt.Add(new(kind, "AAPL", world.Now, "It is odd", "Look at it.", 1, null, ""));

        var item = Of(world).Single(item => item.What.StartsWith("AAPL", StringComparison.Ordinal));

        (item.What, item.Cause, item.Href, item.Tone).ShouldBe((what, "It is odd. Look at it.", Links.Symbol("AAPL"), "warn"));
    }

    [Fact]
    public void Of_many_the_newest_are_listed_and_how_many_more_there_are()
    {
        var world = new FakeWorld();
        for (var i = 0; i < 8; i++)
            world.ToLookAt.Add(new("delisted", $"OLD{i}", world.Now, "Nobody knows it.", "Deactivate it.", 1, null, ""));

        var items = Of(world).Where(item => item.What.Contains("delisted", StringComparison.Ordinal)).ToList();

        items.Select(item => item.What).ShouldBe(
        [
            .. Enumerable.Range(0, 5).Select(i => $"OLD{i}: delisted or renamed?"), "3 more symbols: delisted or renamed?",
        ]);
        items[^1].Href.ShouldBe(Links.SymbolsWithStatus("delisted"));
    }

    [Fact]
    public void A_symbol_that_failed_for_its_identity_is_listed_once()
    {
        var world = new FakeWorld();
        var failed = world.Health.RecentFailures.ShouldHaveSingleItem().Symbol;
        world.ToLookAt.Add(new("identity_mismatch", failed, world.Now, "Yahoo calls it otherwise.", "Enter its name.", 1, null, ""));

        var item = Of(world).Single(item => item.What.Contains(failed, StringComparison.Ordinal));

        (item.What, item.Tone).ShouldBe(($"{failed}: another instrument's data", "bad"));
        Of(world).ShouldNotContain(other => other.What.Contains("in error", StringComparison.Ordinal));
    }

    private static IReadOnlyList<AttentionItem> Of(FakeWorld world) => AttentionList.Of(world.Overview, world.Health, world.Attention(null));
}
