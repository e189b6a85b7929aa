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
    public async Task A_symbol_has_a_record_with_where_each_fact_comes_from()
    {
        using var created = await fixture.Admin.PostAsync(Root, new { symbol = "^HSI", asset_class = "index", name = "Hang Seng" });
        created.StatusCode.ShouldBe(HttpStatusCode.Created);
        foreach (var address in (string[])["/api/v1/instruments/^hsi", $"{Root}/%5EHSI"])
        {
            var record = await fixture.Admin.FetchAsync(address).JsonAsync();
            string Text(string fact) => record.GetProperty(fact).GetString()!;
            (Text("exchange"), Text("currency"), Text("price_unit"), Text("zone"), Text("status")).ShouldBe(
                ("XHKG", "HKD", "HKD", "Asia/Hong_Kong", "unverified"));
            record.GetProperty("facts").EnumerateArray().Select(fact => $"{fact.GetProperty("fact")} {fact.GetProperty("confirmed_by")}")
                .ShouldBe(["currency rule", "exchange rule", "name person", "price_unit rule", "zone rule"]);
        }

        (await fixture.Admin.FetchAsync(Root).JsonAsync()).GetProperty("symbols").EnumerateArray()
            .ShouldContain(one => one.GetProperty("symbol").GetString() == "^HSI" && one.GetProperty("exchange").GetString() == "XHKG");
        var detailed = await fixture.Admin.FetchAsync("/api/v1/symbols/detailed?search=HSI").JsonAsync();
        detailed.GetProperty("symbols")[0].GetProperty("listing_status").GetString().ShouldBe("unverified");
        await fixture.Admin.RemoveAsync($"{Root}/%5EHSI").JsonAsync();
        (await fixture.Admin.FetchAsync("/api/v1/instruments/^HSI").JsonAsync()).GetProperty("status").GetString().ShouldBe("inactive");
        await fixture.Admin.FetchAsync("/api/v1/instruments/NOBODY").ProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_person_enters_and_removes_what_a_provider_calls_a_symbol_and_corrects_its_record()
    {
        await fixture.Database.TrackAsync("GEN");
        await fixture.Database.ReportAsync("polygon", "node-1", isOpen: false);
        var alias = new { provider = "polygon", provider_symbol = "NLOK", valid_from = "2019-11-05", valid_to = "2022-11-07" };
        var entered = (await fixture.Admin.PutAsync($"{Root}/GEN/aliases", alias).JsonAsync()).GetProperty("aliases")[0];
        (entered.GetProperty("provider_symbol").GetString(), entered.GetProperty("valid_to").GetString(), entered.GetProperty("source").GetString())
            .ShouldBe(("NLOK", "2022-11-07", "person"));
        entered.GetProperty("recorded_by").GetString().ShouldNotBeNullOrEmpty();

        await fixture.Admin.PutAsync($"{Root}/GEN", new { price_unit = "pence" }).ProblemAsync(HttpStatusCode.BadRequest, "price_unit");
        var corrected = await fixture.Admin.PutAsync($"{Root}/GEN", new { price_unit = "GBp" }).JsonAsync();
        (corrected.GetProperty("price_unit").GetString(), corrected.GetProperty("currency").GetString()).ShouldBe(("GBp", "GBP"));

        (await fixture.Admin.RemoveAsync($"{Root}/GEN/aliases?provider=polygon").JsonAsync()).GetProperty("aliases").GetArrayLength().ShouldBe(0);
        await fixture.Admin.PutAsync($"{Root}/GEN/aliases", new { provider = "polygon", provider_symbol = "A", valid_from = "2020-01-02", valid_to = "2020-01-01" })
            .ProblemAsync(HttpStatusCode.BadRequest, "valid_from");
        await fixture.Admin.PutAsync($"{Root}/GEN/aliases", new { provider = "nobody", provider_symbol = "A" }).ProblemAsync(HttpStatusCode.BadRequest, "provider");
        await fixture.Admin.PutAsync($"{Root}/NOBODY/aliases", alias).ProblemAsync(HttpStatusCode.NotFound);
        await fixture.Operator.PutAsync($"{Root}/GEN/aliases", alias).ProblemAsync(HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("=X")]
    [InlineData("-")]
    public async Task A_name_that_is_no_symbol_is_refused_and_one_of_an_earlier_version_can_be_purged(string name)
    {
        await fixture.Admin.PostAsync(Root, new { symbol = name, asset_class = "stock" }).ProblemAsync(HttpStatusCode.BadRequest, "symbol");
        await fixture.Database.ExecuteAsync("INSERT INTO symbols (symbol, asset_class, timeframes, active) VALUES (@name, 'stock', '{1d}', false)", new { name });
        await fixture.Admin.FetchAsync("/api/v1/historical?asset_class=stock&format=csv").ContinueWith(
            answer => answer.Result.StatusCode.ShouldBe(HttpStatusCode.OK), TaskScheduler.Default);
        var address = $"{Root}?symbol={Uri.EscapeDataString(name)}&purge=true";
        (await fixture.Admin.RemoveAsync(address).JsonAsync()).GetProperty("status").GetString().ShouldBe("purged");
        await fixture.Admin.RemoveAsync(address).ProblemAsync(HttpStatusCode.NotFound);
        await fixture.Admin.RemoveAsync(Root).ProblemAsync(HttpStatusCode.BadRequest, "symbol");
        await fixture.Operator.RemoveAsync(address).ProblemAsync(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task What_is_changed_is_in_the_trail_of_the_key_from_what_to_what()
    {
        await fixture.Database.TrackAsync("TRAIL");
        var made = await fixture.Admin.PostAsync("/api/v1/admin/api-keys", new { name = "auditor", scopes = new[] { "admin" } }).JsonAsync(HttpStatusCode.Created);
        using var admin = fixture.Api.With(made.GetProperty("key").GetString()!);
        await admin.PutAsync($"{Root}/TRAIL", new { name = "A trail", active = false }).JsonAsync();
        await admin.PutAsync($"{Root}/TRAIL/timeframes", new { timeframes = new[] { "1h", "1d" } }).JsonAsync();
        await admin.PutAsync($"{Root}/NOBODY", new { active = true }).ProblemAsync(HttpStatusCode.NotFound);
        var trail = await fixture.Admin.FetchAsync($"/api/v1/admin/api-keys/{made.GetProperty("api_key").GetProperty("id").GetString()}/audit").JsonAsync();
        trail.GetProperty("items").EnumerateArray().Select(entry => entry.GetProperty("detail").GetString()).ShouldBe(
            ["404", "200: TRAIL timeframes: 1d → 1h 1d", "200: TRAIL name: none → A trail; active: true → false", "admin"]);
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
