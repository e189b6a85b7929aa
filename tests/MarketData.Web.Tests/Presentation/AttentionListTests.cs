using MarketData.Web.Presentation;
using MarketData.Web.Tests.Fakes;

namespace MarketData.Web.Tests.Presentation;

public sealed class AttentionListTests
{
    [Theory]
    [InlineData("paused", 0, "jobs", Remedy.Resume)]
    [InlineData("provider", 15, "providers/yahoo", Remedy.None)]
    [InlineData("symbols_failed", 15, "symbols?status=error", Remedy.RetryFailed)]
    [InlineData("symbols_failed", 1, "symbols/AAPL", Remedy.RetryFailed)]
    [InlineData("symbols_unknown", 1, "symbols/AAPL", Remedy.None)]
    [InlineData("not_begun", 3, "symbols?status=pending", Remedy.RunNow)]
    [InlineData("stale", 3, "symbols?status=stale", Remedy.RunNow)]
    [InlineData("unit_shift", 1, "symbols/AAPL", Remedy.None)]
    [InlineData("something_new", 3, "symbols", Remedy.None)]
    public void Each_trouble_leads_to_its_place_and_has_the_action_that_helps(string kind, long symbols, string href, Remedy remedy)
    {
        var world = new FakeWorld(1);
        world.Troubles.Add(FakeTroubles.Of(kind, "warning", "It is odd.") with { SymbolCount = symbols, Symbols = symbols == 0 ? [] : ["AAPL"], Provider = "yahoo" });

        var item = AttentionList.Of(world.Health).ShouldHaveSingleItem();

        (item.Href, item.Remedy).ShouldBe((href, remedy));
    }

    [Fact]
    public void Of_a_cancelled_run_those_symbols_are_run_that_were_cancelled_if_all_are_known()
    {
        var world = new FakeWorld(1);
        var cancelled = FakeTroubles.Of("run_cancelled", "warning", "It was cancelled.") with { RunId = Guid.NewGuid(), SymbolCount = 2, Symbols = ["AAPL", "MSFT"] };
        world.Troubles.AddRange([cancelled, cancelled with { SymbolCount = 300 }]);

        var items = AttentionList.Of(world.Health);

        items.Select(item => item.Remedy).ShouldBe([Remedy.RunSymbols, Remedy.RunNow]);
        (items[0].RemedyFor, items[1].RemedyFor).ShouldBe((cancelled.Symbols, null));
        items[0].Href.ShouldBe(Links.Run(cancelled.RunId.Value));
    }
}
