using System.Net;
using System.Text.Json;
using MarketData.Api.Tests.Enrichment;

namespace MarketData.Api.Tests.Watchlists;

/// <summary>Named sets of symbols, and the calls that take one in the place of symbols.</summary>
public sealed class WatchlistTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const string Root = "/api/v1/watchlists";

    [Fact]
    public async Task A_list_is_made_read_replaced_and_deleted_and_each_change_is_in_the_trail()
    {
        await TrackAsync("WLA", "WLB", "WLC");
        var made = await fixture.Admin.PostAsync("/api/v1/admin/api-keys", new { name = "lists", scopes = new[] { "enrich" } }).JsonAsync(HttpStatusCode.Created);
        using var user = fixture.Api.With(made.GetProperty("key").GetString()!);
        var list = await user.PutAsync($"{Root}/My-List", new { symbols = new[] { "wlb", "WLA", "wlb" } }).JsonAsync();
        (list.GetProperty("name").GetString(), list.GetProperty("updated_by").GetString()).ShouldBe(("my-list", "lists"));
        list.GetProperty("symbols").Texts().ShouldBe(["WLA", "WLB"]);
        await user.PutAsync($"{Root}/my-list", new { symbols = new[] { "WLC" } }).JsonAsync();
        (await fixture.Stranger.FetchAsync($"{Root}/MY-LIST").JsonAsync()).GetProperty("symbols").Texts().ShouldBe(["WLC"]);
        (await fixture.Stranger.FetchAsync(Root).JsonAsync()).GetProperty("items").EnumerateArray().Select(one => one.GetProperty("name").GetString()).ShouldContain("my-list");

        await user.RemoveAsync($"{Root}/my-list").JsonAsync();
        await user.RemoveAsync($"{Root}/my-list").ProblemAsync(HttpStatusCode.NotFound);
        var trail = await fixture.Admin.FetchAsync($"/api/v1/admin/api-keys/{made.GetProperty("api_key").GetProperty("id").GetString()}/audit").JsonAsync();
        trail.GetProperty("items").EnumerateArray().Select(entry => entry.GetProperty("detail").GetString()).ShouldBe(
        [
            "404", "200: watchlist my-list symbols: WLC → none", "200: watchlist my-list symbols: WLA WLB → WLC",
            "200: watchlist my-list symbols: none → WLA WLB", "enrich",
        ]);
    }

    [Fact]
    public async Task What_can_not_be_on_a_list_or_be_its_name_is_refused()
    {
        await TrackAsync("WLD");
        await fixture.Operator.PutAsync($"{Root}/empty", new { symbols = Array.Empty<string>() }).ProblemAsync(HttpStatusCode.BadRequest, "symbols");
        await fixture.Operator.PutAsync($"{Root}/none", new { }).ProblemAsync(HttpStatusCode.BadRequest, "symbols");
        await fixture.Operator.PutAsync($"{Root}/odd", new { symbols = new[] { ".." } }).ProblemAsync(HttpStatusCode.BadRequest, "symbols");
        await fixture.Operator.PutAsync($"{Root}/a%20b", new { symbols = new[] { "WLD" } }).ProblemAsync(HttpStatusCode.BadRequest, "name");
        await fixture.Operator.PutAsync($"{Root}/-a", new { symbols = new[] { "WLD" } }).ProblemAsync(HttpStatusCode.BadRequest, "name");
        await fixture.Operator.PutAsync($"{Root}/unknown", new { symbols = new[] { "WLD", "NOBODY" } }).ProblemAsync(HttpStatusCode.NotFound);
        await fixture.Stranger.FetchAsync($"{Root}/unknown").ProblemAsync(HttpStatusCode.NotFound);
        await fixture.Reader.PutAsync($"{Root}/mine", new { symbols = new[] { "WLD" } }).ProblemAsync(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Calls_take_a_list_in_the_place_of_symbols()
    {
        await TrackAsync("WLE", "WLF", "WLG");
        await fixture.Operator.PutAsync($"{Root}/pair", new { symbols = new[] { "WLE", "WLG" } }).JsonAsync();
        (await NamesAsync("/api/v1/symbols?watchlist=PAIR")).ShouldBe(["WLE", "WLG"]);
        (await NamesAsync("/api/v1/symbols/detailed?watchlist=pair&search=wlg")).ShouldBe(["WLG"]);
        foreach (var call in (string[])["/api/v1/historical?watchlist=pair", "/api/v1/latest?watchlist=pair"])
            await fixture.Stranger.FetchAsync(call).JsonAsync();
        foreach (var call in (string[])["/api/v1/historical?", "/api/v1/latest?", "/api/v1/symbols?"])
        {
            await fixture.Stranger.FetchAsync($"{call}watchlist=nobody").ProblemAsync(HttpStatusCode.NotFound);
            await fixture.Stranger.FetchAsync($"{call}watchlist=a..b").ProblemAsync(HttpStatusCode.BadRequest, "watchlist");
        }

        await fixture.Stranger.FetchAsync("/api/v1/latest?watchlist=pair&symbols=WLF").ProblemAsync(HttpStatusCode.BadRequest, "watchlist");
        await fixture.Operator.PostAsync("/api/v1/enrichment/trigger", new { watchlist = "pair", symbols = new[] { "WLF" } }).ProblemAsync(HttpStatusCode.BadRequest, "watchlist");
        await fixture.Operator.PostAsync("/api/v1/enrichment/trigger", new { watchlist = "nobody" }).ProblemAsync(HttpStatusCode.NotFound);
        await fixture.Operator.PostAsync("/api/v1/enrichment/trigger?watchlist=").ProblemAsync(HttpStatusCode.BadRequest, "watchlist");

        // One that is inactive is left out, and a list of which nothing is left is never everything.
        await fixture.Admin.RemoveAsync("/api/v1/admin/symbols/WLG").JsonAsync();
        (await fixture.Operator.PostAsync("/api/v1/enrichment/trigger?watchlist=pair").JsonAsync(HttpStatusCode.Accepted)).GetProperty("symbols_queued").Texts().ShouldBe(["WLE"]);
        await fixture.Admin.RemoveAsync("/api/v1/admin/symbols/WLE").JsonAsync();
        await fixture.Operator.PostAsync("/api/v1/enrichment/trigger", new { watchlist = "pair" }).ProblemAsync(HttpStatusCode.NotFound);
        await fixture.Admin.RemoveAsync("/api/v1/admin/symbols/WLE?purge=true").JsonAsync();
        await fixture.Admin.RemoveAsync("/api/v1/admin/symbols/WLG?purge=true").JsonAsync();
        await fixture.Stranger.FetchAsync("/api/v1/latest?watchlist=pair").ProblemAsync(HttpStatusCode.NotFound);
        await fixture.Stranger.FetchAsync("/api/v1/symbols?watchlist=pair").ProblemAsync(HttpStatusCode.NotFound);
    }

    private async Task TrackAsync(params string[] symbols)
    {
        foreach (var symbol in symbols)
            await fixture.Database.TrackAsync(symbol);
    }

    private async Task<string?[]> NamesAsync(string call) =>
        [.. (await fixture.Stranger.FetchAsync(call).JsonAsync()).GetProperty("symbols").EnumerateArray().Select(NameOf)];

    private static string? NameOf(JsonElement symbol) => symbol.GetProperty("symbol").GetString();
}
