using MarketData.Web.Api;
using MarketData.Web.Presentation;
using MarketData.Web.Tests.Fakes;

namespace MarketData.Web.Tests.Presentation;

public sealed class SymbolRowTests
{
    private static readonly DetailedSymbol Template = new FakeWorld(1).Symbols[0];

    [Fact]
    public void What_has_no_value_comes_last_either_way()
    {
        DetailedSymbol[] symbols = [Row("B", null), Row("A", 0.9), Row("C", 0.7)];

        Order(symbols, "quality", descending: false).ShouldBe(["C", "A", "B"]);
        Order(symbols, "quality", descending: true).ShouldBe(["A", "C", "B"]);
    }

    [Fact]
    public void The_worst_status_is_the_largest()
    {
        string[] statuses = ["healthy", "error", "queued", "stale", "warning", "running", "retrying", "pending"];
        var symbols = statuses.Select(status => Row(status, 1) with { Status = status });

        Order(symbols, "status", descending: true).ShouldBe(["error", "stale", "warning", "retrying", "running", "queued", "pending", "healthy"]);
    }

    [Theory]
    [InlineData("all", true, true)]
    [InlineData("working", true, false)]
    [InlineData("running", true, false)]
    [InlineData("healthy", false, false)]
    [InlineData("inactive", false, true)]
    public void An_inactive_symbol_is_nothing_else(string filter, bool activePasses, bool inactivePasses)
    {
        var running = Row("A", 1) with { Status = "running" };

        SymbolRow.Passes(running, filter).ShouldBe(activePasses);
        SymbolRow.Passes(running with { Active = false }, filter).ShouldBe(inactivePasses);
    }

    [Fact]
    public void A_search_finds_symbols_and_names_in_any_case()
    {
        var apple = Row("AAPL", 1) with { Name = "Apple Inc." };

        SymbolRow.Matches(apple, "aap").ShouldBeTrue();
        SymbolRow.Matches(apple, "apple").ShouldBeTrue();
        SymbolRow.Matches(apple, "").ShouldBeTrue();
        SymbolRow.Matches(apple, "msft").ShouldBeFalse();
    }

    private static DetailedSymbol Row(string symbol, double? quality) => Template with { Symbol = symbol, Name = null, QualityScore = quality };

    private static IEnumerable<string> Order(IEnumerable<DetailedSymbol> symbols, string column, bool descending) =>
        SymbolRow.Order(symbols, column, descending).Select(symbol => symbol.Symbol);
}
