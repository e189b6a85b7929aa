using MarketData.Web.Presentation;
using MarketData.Web.Tests.Fakes;

namespace MarketData.Web.Tests.Presentation;

public sealed class AttentionListTests
{
    [Theory]
    [InlineData("disputed", 1, "AAPL: 1 split or dividend disputed.", "does not show")]
    [InlineData("unconverted", 3, "AAPL: 3 splits or dividends unconverted.", "another currency")]
    public void What_waits_for_a_decision_names_its_symbol_and_says_what_to_do(string state, int reports, string what, string cause)
    {
        var world = new FakeWorld { ActionsWaiting = [new("AAPL", state, reports)] };

        var item = AttentionList.Of(world.Overview, world.Health).Single(item => item.What.Contains(state, StringComparison.Ordinal));

        (item.What, item.Href).ShouldBe((what, Links.Symbol("AAPL")));
        item.Cause.ShouldNotBeNull().ShouldContain(cause);
        item.Cause.ShouldContain("confirms, moves or withdraws");
    }
}
