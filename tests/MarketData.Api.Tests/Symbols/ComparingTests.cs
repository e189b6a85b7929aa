using System.Net;
using System.Text.Json;
using MarketData.Testing;

namespace MarketData.Api.Tests.Symbols;

/// <summary>Two providers are asked for the same bars, through a node and over their wire formats.</summary>
public sealed class ComparingTests(AddingSystem system) : IClassFixture<AddingSystem>
{
    private const string Root = "/api/v1/data/quality";

    [Fact]
    public async Task Two_providers_stand_side_by_side_and_one_that_refuses_says_why()
    {
        await system.Admin.PostAsync("/api/v1/admin/symbols?start=false", new { symbol = "QQQ", asset_class = "etf" }).JsonAsync(HttpStatusCode.Created);

        var comparison = await CompareAsync("QQQ/providers?provider=Polygon&other_provider=yahoo&start=2024-06-03&end=2024-06-14");
        comparison.GetProperty("refusals").EnumerateObject().ShouldBeEmpty();
        var bars = comparison.GetProperty("bars").EnumerateArray().ToList();
        bars.Count.ShouldBe(10);
        bars.Select(bar => bar.GetProperty("timestamp").GetString()!).ShouldBe(bars.Select(bar => bar.GetProperty("timestamp").GetString()!).Order());
        bars[0].GetProperty("timestamp").GetString().ShouldBe("2024-06-03T00:00:00Z");
        bars.ShouldAllBe(bar => bar.GetProperty("bar").GetProperty("volume").GetDouble() > 0 && bar.GetProperty("other_bar").GetProperty("close").GetDouble() > 0);
        comparison.GetProperty("bars_compared").GetInt32().ShouldBe(10);
        comparison.GetProperty("max_difference").GetDouble().ShouldBe(bars.Max(bar => bar.GetProperty("difference").GetDouble()));
        (comparison.GetProperty("only_provider").GetInt32(), comparison.GetProperty("only_other").GetInt32()).ShouldBe((0, 0));

        var refused = await CompareAsync("QQQ/providers?provider=binance&other_provider=yahoo&start=2024-06-03&end=2024-06-14");
        refused.GetProperty("refusals").GetProperty("binance").GetString().ShouldBe("does not serve 1d bars of QQQ, or is not enabled.");
        (refused.GetProperty("bars_compared").GetInt32(), refused.GetProperty("only_other").GetInt32()).ShouldBe((0, 10));
        refused.GetProperty("bars")[0].GetProperty("bar").ValueKind.ShouldBe(JsonValueKind.Null);

        // Nothing that was compared is stored.
        (await system.Admin.FetchAsync($"{Root}/QQQ").JsonAsync()).GetProperty("series").GetArrayLength().ShouldBe(0);

        foreach (var (query, field) in ((string, string)[])[
            ("other_provider=yahoo", "provider"), ("provider=yahoo", "other_provider"), ("provider=yahoo&other_provider=YAHOO", "other_provider"),
            ("provider=yahoo&other_provider=nobody", "other_provider"), ("provider=yahoo&other_provider=polygon&start=2024-06-03&end=2024-06-01", "start"),
            ("provider=yahoo&other_provider=polygon&start=2000-06-03", "start"), ("provider=yahoo&other_provider=polygon&timeframe=2h", "timeframe"),
            ("provider=yahoo&other_provider=polygon&colour=red", "colour")])
        {
            await system.Operator.FetchAsync($"{Root}/QQQ/providers?{query}").ProblemAsync(HttpStatusCode.BadRequest, field);
        }

        await system.Operator.FetchAsync($"{Root}/NOBODY/providers?provider=yahoo&other_provider=polygon").ProblemAsync(HttpStatusCode.NotFound);
        await system.Reader.FetchAsync($"{Root}/QQQ/providers?provider=yahoo&other_provider=polygon").ProblemAsync(HttpStatusCode.Forbidden);
    }

    // On a machine with much to do, a node or a provider may not answer within seconds: a person would ask again.
    private async Task<JsonElement> CompareAsync(string call)
    {
        var body = "";
        await Eventually.BecomesAsync(
            async () =>
            {
                using var answer = await system.Operator.FetchAsync($"{Root}/{call}");
                body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
                return answer.StatusCode != HttpStatusCode.ServiceUnavailable && !body.Contains("did not answer within", StringComparison.Ordinal);
            },
            TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
        return JsonDocument.Parse(body).RootElement;
    }
}
