using System.Net;
using System.Text.Json.Nodes;

namespace MarketData.Simulator.Tests.Alpaca;

public sealed class CorporateActionsTests(QuietSimulation quiet) : IClassFixture<QuietSimulation>
{
    private readonly Simulation _simulation = quiet.Simulation;

    [Fact]
    public async Task Actions_come_by_kind_with_Alpacas_members()
    {
        var answer = await AskAsync("AAPL,GE", "2014-01-01", "2026-03-01", "limit=1000");
        var actions = answer["corporate_actions"]!;

        answer.Names().ShouldBe(["corporate_actions", "next_page_token"]);
        actions["forward_splits"]!.AsArray().Select(split => ((string?)split!["symbol"], (string?)split["ex_date"], (int)split["old_rate"]!, (int)split["new_rate"]!))
            .ShouldBe([("AAPL", "2014-06-09", 1, 7), ("AAPL", "2020-08-31", 1, 4)]);
        // A spin-off is none.
        actions["reverse_splits"]!.AsArray().Select(split => ((string?)split!["symbol"], (string?)split["ex_date"], (int)split["old_rate"]!, (int)split["new_rate"]!))
            .ShouldBe([("GE", "2021-08-02", 8, 1)]);
        var paid = actions["cash_dividends"]![0]!;
        paid.Names().ShouldBe(["ex_date", "foreign", "payable_date", "process_date", "rate", "record_date", "special", "symbol"]);
        // Listed by the day of payment.
        ((string?)paid["process_date"]).ShouldBe((string?)paid["payable_date"]);
    }

    [Fact]
    public async Task Pages_count_the_actions_of_all_symbols()
    {
        var whole = (await AskAsync("AAPL,MSFT", "2016-01-01", "2026-03-01", "types=cash_dividend&limit=1000"))["corporate_actions"]!["cash_dividends"]!.AsArray();

        var (paged, token) = (new List<string>(), (string?)null);
        do
        {
            var page = await AskAsync("AAPL,MSFT", "2016-01-01", "2026-03-01", $"types=cash_dividend&limit=30&page_token={token}");
            paged.AddRange(page["corporate_actions"]!["cash_dividends"]!.AsArray().Select(paid => paid!.ToJsonString()));
            token = (string?)page["next_page_token"];
        }
        while (token is not null);

        paged.Count.ShouldBeGreaterThan(60);
        paged.ShouldBe(whole.Select(paid => paid!.ToJsonString()));
    }

    [Fact]
    public async Task Changes_of_name_are_told_to_who_asks_by_either()
    {
        foreach (var symbol in (string[])["FB", "META"])
        {
            var changes = (await AskAsync(symbol, "2022-06-01", "2022-06-30", ""))["corporate_actions"]!["name_changes"]!.AsArray();
            changes.Select(change => ((string?)change!["old_symbol"], (string?)change["new_symbol"], (string?)change["process_date"])).ShouldBe([("FB", "META", "2022-06-09")]);
        }
    }

    [Theory]
    [InlineData("AAPL,A:B", "", "invalid symbol: A:B")]
    [InlineData("AAPL", "limit=1001", "limit")]
    public async Task Malformed_requests_are_400(string symbols, string query, string named) =>
        ((string?)(await _simulation.JsonAsync($"/alpaca/v1/corporate-actions?symbols={symbols}&{query}", HttpStatusCode.BadRequest))["message"])!.ShouldContain(named);

    private Task<JsonNode> AskAsync(string symbols, string start, string end, string query) =>
        _simulation.JsonAsync($"/alpaca/v1/corporate-actions?symbols={symbols}&start={start}&end={end}&{query}");
}
