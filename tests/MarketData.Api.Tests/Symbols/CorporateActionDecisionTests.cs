using System.Net;
using System.Text.Json;
using MarketData.Api.Tests.Enrichment;
using MarketData.Domain.Adjustments;
using MarketData.Domain.Candles;
using MarketData.Storage.Candles;

namespace MarketData.Api.Tests.Symbols;

/// <summary>What an administrator decides of splits and dividends outranks what providers tell.</summary>
public sealed class CorporateActionDecisionTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const string Root = "/api/v1/corporate-actions";

    private static readonly DateOnly ExDate = new(2021, 7, 20);

    [Fact]
    public async Task A_report_is_moved_withdrawn_and_confirmed_again_whatever_its_provider_goes_on_telling()
    {
        await TrackAsync("MOVED");
        await TellAsync("MOVED", [new(ExDate, 1, 4)], []);
        var id = (await fixture.Stranger.FetchAsync($"{Root}/MOVED").JsonAsync()).GetProperty("reports")[0].GetProperty("id").GetInt64();

        var moved = await fixture.Admin.PutAsync($"{Root}/MOVED/{id}", new { ex_date = "2021-07-22" }).JsonAsync();
        Splits(moved).ShouldBe(["2021-07-22 1:4 polygon"]);
        var report = moved.GetProperty("reports")[0];
        (Text(report, "ex_date"), Text(report, "decision"), Text(report, "decided_ex_date"), Text(report, "decided_by"), Text(report, "state"))
            .ShouldBe(("2021-07-20", "confirmed", "2021-07-22", "a key to admin", "in_effect"));
        await TellAsync("MOVED", [new(ExDate, 1, 4)], []);
        Splits(await fixture.Stranger.FetchAsync($"{Root}/MOVED").JsonAsync()).ShouldBe(["2021-07-22 1:4 polygon"]);

        var withdrawn = await fixture.Admin.RemoveAsync($"{Root}/MOVED/{id}").JsonAsync();
        Splits(withdrawn).ShouldBeEmpty();
        Text(withdrawn.GetProperty("reports")[0], "reason").ShouldBe("A person withdrew it.");
        await TellAsync("MOVED", [new(ExDate, 1, 4), new(new(2022, 1, 4), 1, 2)], []);
        Splits(await fixture.Stranger.FetchAsync($"{Root}/MOVED").JsonAsync()).ShouldBe(["2022-01-04 1:2 polygon"]);

        Splits(await fixture.Admin.PutAsync($"{Root}/MOVED/{id}", new { }).JsonAsync()).ShouldBe(["2022-01-04 1:2 polygon", "2021-07-20 1:4 polygon"]);
        // The provider takes it back; the person did not.
        await TellAsync("MOVED", [], []);
        Splits(await fixture.Stranger.FetchAsync($"{Root}/MOVED").JsonAsync()).ShouldBe(["2021-07-20 1:4 polygon"]);
    }

    [Fact]
    public async Task What_a_person_adds_is_in_effect_instead_of_what_providers_tell_of_the_event()
    {
        await TrackAsync("ADDED");
        await TellAsync("ADDED", [new(ExDate, 1, 10)], [new(new(2021, 9, 1), 0.5, "USD")]);

        await fixture.Admin.PostAsync($"{Root}/ADDED", new { ex_date = "2021-07-20", ratio_from = 1, ratio_to = 4 }).JsonAsync(HttpStatusCode.Created);
        var added = await fixture.Admin.PostAsync($"{Root}/ADDED", new { ex_date = "2021-09-01", cash_amount = 0.05, currency = "USD" }).JsonAsync(HttpStatusCode.Created);

        Splits(added).ShouldBe(["2021-07-20 1:4 person"]);
        added.GetProperty("items").EnumerateArray().Where(item => Text(item, "kind") == "dividend").ShouldHaveSingleItem()
            .GetProperty("cash_amount").GetDouble().ShouldBe(0.05);
        var mine = added.GetProperty("reports").EnumerateArray().Single(report => Text(report, "provider") == "person" && Text(report, "kind") == "split");
        Splits(await fixture.Admin.RemoveAsync($"{Root}/ADDED/{mine.GetProperty("id").GetInt64()}").JsonAsync()).ShouldBe(["2021-07-20 1:10 polygon"]);
    }

    [Fact]
    public async Task What_cannot_be_is_refused_by_its_field()
    {
        await TrackAsync("WRONG");
        await fixture.Admin.PostAsync($"{Root}/WRONG", new { ratio_from = 1, ratio_to = 4 }).ProblemAsync(HttpStatusCode.BadRequest, "ex_date");
        await fixture.Admin.PostAsync($"{Root}/WRONG", new { ex_date = "soon", ratio_from = 1, ratio_to = 4 }).ProblemAsync(HttpStatusCode.BadRequest, "ex_date");
        await fixture.Admin.PostAsync($"{Root}/WRONG", new { ex_date = "2021-07-20", ratio_from = 1 }).ProblemAsync(HttpStatusCode.BadRequest, "ratio_to");
        await fixture.Admin.PostAsync($"{Root}/WRONG", new { ex_date = "2021-07-20", ratio_from = 0, ratio_to = 4 }).ProblemAsync(HttpStatusCode.BadRequest, "ratio_from");
        await fixture.Admin.PostAsync($"{Root}/WRONG", new { ex_date = "2021-07-20", cash_amount = -1 }).ProblemAsync(HttpStatusCode.BadRequest, "cash_amount");
        await fixture.Admin.PostAsync($"{Root}/WRONG", new { ex_date = "2021-07-20" }).ProblemAsync(HttpStatusCode.BadRequest, "cash_amount");
        await fixture.Admin.PostAsync($"{Root}/WRONG", new { ex_date = "2021-07-20", cash_amount = 1, ratio_from = 1, ratio_to = 4 }).ProblemAsync(HttpStatusCode.BadRequest, "cash_amount");
        await fixture.Admin.PostAsync($"{Root}/WRONG", new { ex_date = "2021-07-20", cash_amount = 1, currency = "dollars" }).ProblemAsync(HttpStatusCode.BadRequest, "currency");
        await fixture.Admin.PostAsync($"{Root}/WRONG", new { ex_date = "2021-07-18", cash_amount = 1 }).ProblemAsync(HttpStatusCode.UnprocessableEntity, "ex_date");
        await fixture.Admin.PutAsync($"{Root}/WRONG/9999999", new { }).ProblemAsync(HttpStatusCode.NotFound);
        await fixture.Admin.RemoveAsync($"{Root}/WRONG/9999999").ProblemAsync(HttpStatusCode.NotFound);
        await fixture.Admin.PostAsync($"{Root}/NOBODY", new { ex_date = "2021-07-20", cash_amount = 1 }).ProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Only_an_admin_key_decides()
    {
        await TrackAsync("CLOSED");
        await fixture.Stranger.PostAsync($"{Root}/CLOSED", new { ex_date = "2021-07-20", cash_amount = 1 }).ProblemAsync(HttpStatusCode.Unauthorized);
        await fixture.Operator.PostAsync($"{Root}/CLOSED", new { ex_date = "2021-07-20", cash_amount = 1 }).ProblemAsync(HttpStatusCode.Forbidden);
        await fixture.Reader.PutAsync($"{Root}/CLOSED/1", new { }).ProblemAsync(HttpStatusCode.Forbidden);
        await fixture.Operator.RemoveAsync($"{Root}/CLOSED/1").ProblemAsync(HttpStatusCode.Forbidden);
    }

    private Task TrackAsync(string symbol) => fixture.Database.TrackAsync(symbol);

    private Task<bool> TellAsync(string symbol, IReadOnlyList<StockSplit> splits, IReadOnlyList<CashDividend> dividends) =>
        new CorporateActionStore(fixture.Database.DataSource).ReportAsync(
            new Instrument(Symbol.Parse(symbol), AssetClass.Stock), splits, dividends, "polygon", isComplete: true, TestContext.Current.CancellationToken);

    private static string[] Splits(JsonElement list) =>
    [
        .. list.GetProperty("items").EnumerateArray().Where(item => Text(item, "kind") == "split")
            .Select(item => $"{Text(item, "ex_date")} {item.GetProperty("ratio_from").GetDouble()}:{item.GetProperty("ratio_to").GetDouble()} {Text(item, "source")}"),
    ];

    private static string? Text(JsonElement item, string name) => item.GetProperty(name).GetString();
}
