using System.Net;
using MarketData.Api.Tests.Enrichment;

namespace MarketData.Api.Tests.Symbols;

public sealed class SymbolAdminTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const string Root = "/api/v1/admin/symbols";

    [Fact]
    public async Task A_symbol_is_added_changed_deactivated_and_purged()
    {
        using var created = await fixture.Admin.PostAsync(Root, new { symbol = "new.a", asset_class = "stock", name = "New A", timeframes = new[] { "1d", "5m", "1d" } });
        var symbol = await Task.FromResult(created).JsonAsync(HttpStatusCode.Created);
        symbol.GetProperty("symbol").GetString().ShouldBe("NEW.A");
        symbol.GetProperty("timeframes").Texts().ShouldBe(["5m", "1d"]);
        created.Headers.Location.ShouldNotBeNull().ToString().ShouldBe($"{Root}/NEW.A");
        (await fixture.Admin.FetchAsync($"{Root}/new.a").JsonAsync()).GetProperty("name").GetString().ShouldBe("New A");

        (await fixture.Admin.PutAsync($"{Root}/NEW.A", new { name = "Newer A" }).JsonAsync()).GetProperty("name").GetString().ShouldBe("Newer A");
        (await fixture.Admin.PutAsync($"{Root}/NEW.A/timeframes", new { timeframes = new[] { "1w" } }).JsonAsync()).GetProperty("timeframes").Texts().ShouldBe(["1d", "1w"]);

        var run = await fixture.Database.QueueAsync("NEW.A");
        (await fixture.Admin.RemoveAsync($"{Root}/NEW.A").JsonAsync()).GetProperty("status").GetString().ShouldBe("deactivated");
        (await fixture.Admin.FetchAsync($"/api/v1/enrichment/runs/{run}").JsonAsync()).GetProperty("status").GetString().ShouldBe("cancelled");
        (await fixture.Admin.FetchAsync($"{Root}/NEW.A").JsonAsync()).GetProperty("active").GetBoolean().ShouldBeFalse();
        (await fixture.Admin.FetchAsync(Root).JsonAsync()).GetProperty("symbols").EnumerateArray().ShouldContain(one => one.GetProperty("symbol").GetString() == "NEW.A");
        (await fixture.Admin.FetchAsync("/api/v1/symbols?active=true").JsonAsync()).GetProperty("symbols").EnumerateArray().ShouldNotContain(one => one.GetProperty("symbol").GetString() == "NEW.A");

        await fixture.Database.ExecuteAsync("INSERT INTO rejected_candles (symbol, timeframe, source, reason) VALUES ('NEW.A', '1w', 'yahoo', 'negative_price')");
        (await fixture.Admin.RemoveAsync($"{Root}/NEW.A?purge=true").JsonAsync()).GetProperty("status").GetString().ShouldBe("purged");
        await fixture.Admin.FetchAsync($"{Root}/NEW.A").ProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task What_is_tracked_already_is_a_conflict()
    {
        await fixture.Database.TrackAsync("TWICE");
        await fixture.Admin.PostAsync(Root, new { symbol = "twice", asset_class = "etf" }).ProblemAsync(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task What_is_being_enriched_is_not_purged()
    {
        await fixture.Database.TrackAsync("BUSY");
        await fixture.Database.QueueAsync("BUSY");
        await fixture.Database.ExecuteAsync("UPDATE enrichment_jobs SET status = 'running', lease_owner = 'n', lease_expires_at = now() + interval '1 hour' WHERE symbol = 'BUSY'");
        await fixture.Admin.RemoveAsync($"{Root}/BUSY?purge=true").ProblemAsync(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task What_is_not_tracked_is_404()
    {
        await fixture.Admin.FetchAsync($"{Root}/NOBODY").ProblemAsync(HttpStatusCode.NotFound);
        await fixture.Admin.PutAsync($"{Root}/NOBODY", new { active = true }).ProblemAsync(HttpStatusCode.NotFound);
        await fixture.Admin.PutAsync($"{Root}/NOBODY/timeframes", new { timeframes = new[] { "1d" } }).ProblemAsync(HttpStatusCode.NotFound);
        await fixture.Admin.RemoveAsync($"{Root}/NOBODY").ProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Bad_input_names_the_field()
    {
        await fixture.Admin.PostAsync(Root, new { asset_class = "stock" }).ProblemAsync(HttpStatusCode.BadRequest, "symbol");
        await fixture.Admin.PostAsync(Root, new { symbol = "OK" }).ProblemAsync(HttpStatusCode.BadRequest, "asset_class");
        await fixture.Admin.PostAsync(Root, new { symbol = "OK", asset_class = "stock", timeframes = Array.Empty<string>() }).ProblemAsync(HttpStatusCode.BadRequest, "timeframes");
        await fixture.Admin.PostAsync(Root, new { symbol = "OK", asset_class = "stock", name = "a\0b" }).ProblemAsync(HttpStatusCode.BadRequest, "name");
        await fixture.Admin.PutAsync($"{Root}/OK/timeframes", new { }).ProblemAsync(HttpStatusCode.BadRequest, "timeframes");
        await fixture.Admin.RemoveAsync($"{Root}/OK?purge=maybe").ProblemAsync(HttpStatusCode.BadRequest, "purge");
    }

    [Fact]
    public async Task Only_an_admin_key_opens_it()
    {
        await fixture.Stranger.FetchAsync(Root).ProblemAsync(HttpStatusCode.Unauthorized);
        await fixture.Reader.FetchAsync(Root).ProblemAsync(HttpStatusCode.Forbidden);
        await fixture.Operator.PostAsync(Root, new { symbol = "OK", asset_class = "stock" }).ProblemAsync(HttpStatusCode.Forbidden);
        await fixture.Operator.RemoveAsync($"{Root}/OK").ProblemAsync(HttpStatusCode.Forbidden);
    }
}
