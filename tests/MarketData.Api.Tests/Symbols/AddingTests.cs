using System.Net;
using System.Text.Json;
using MarketData.Testing;

namespace MarketData.Api.Tests.Symbols;

/// <summary>Adding asks the providers first, through a node and over their wire formats.</summary>
public sealed class AddingTests(AddingSystem system) : IClassFixture<AddingSystem>
{
    private const string Root = "/api/v1/admin/symbols";

    [Theory]
    [InlineData("AAPL", "stock", "Apple Inc.", "XNYS", "USD", "EQUITY", "1980-12-12")]
    [InlineData("qqq", "etf", "Invesco QQQ Trust", "XNYS", "USD", "ETF", "1999-03-10")]
    [InlineData("BRK.B", "stock", "Berkshire Hathaway Inc.", "XNYS", "USD", "EQUITY", "1996-05-09")]
    [InlineData("^GSPC", "index", "S&P 500", "XNYS", "USD", "INDEX", "2000-01-03")]
    [InlineData("ETH-USD", "crypto", "Ethereum USD", "24/7", "USD", "CRYPTOCURRENCY", "2017-08-17")]
    public async Task A_symbol_is_shown_and_added_with_what_providers_say_of_it(
        string symbol, string assetClass, string name, string exchange, string currency, string type, string first)
    {
        var shown = await LookUpAsync(symbol);
        Texts(shown, "outcome", "asset_class", "name", "exchange", "currency", "price_unit", "instrument_type", "first_traded")
            .ShouldBe(["known", assetClass, name, exchange, currency, currency, type, first]);
        (shown.GetProperty("objection").ValueKind, shown.GetProperty("tracked").GetBoolean()).ShouldBe((JsonValueKind.Null, false));
        shown.GetProperty("told_by").GetProperty("name").GetString().ShouldBe("yahoo");

        var added = await system.Admin.PostAsync($"{Root}?start=false", new { symbol, asset_class = assetClass }).JsonAsync(HttpStatusCode.Created);
        Texts(added, "status", "name", "exchange", "currency", "price_unit", "instrument_type", "first_traded")
            .ShouldBe(["active", name, exchange, currency, currency, type, first]);
        added.GetProperty("job_id").ValueKind.ShouldBe(JsonValueKind.Null);
        (await system.Admin.FetchAsync($"/api/v1/instruments/{symbol}").JsonAsync()).GetProperty("facts").EnumerateArray()
            .Single(fact => fact.GetProperty("fact").GetString() == "name").GetProperty("confirmed_by").GetString().ShouldBeOneOf("yahoo", "polygon");

        (await LookUpAsync(symbol)).GetProperty("tracked").GetBoolean().ShouldBeTrue();
        await system.Admin.PostAsync(Root, new { symbol, asset_class = assetClass }).ProblemAsync(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task What_is_added_starts_at_once_unless_told_otherwise()
    {
        var added = await system.Admin.PostAsync(Root, new { symbol = "SIM0101", asset_class = "stock" }).JsonAsync(HttpStatusCode.Created);
        var run = added.GetProperty("job_id").GetGuid();
        await Eventually.BecomesAsync(
            async () => (await system.Admin.FetchAsync($"/api/v1/enrichment/runs/{run}").JsonAsync()).GetProperty("status").GetString() == "completed",
            TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);

        var idle = await system.Admin.PostAsync(Root, new { symbol = "SIM0102", asset_class = "stock", start = false }).JsonAsync(HttpStatusCode.Created);
        idle.GetProperty("job_id").ValueKind.ShouldBe(JsonValueKind.Null);
        (await system.Admin.FetchAsync("/api/v1/enrichment/jobs?symbol=SIM0102").JsonAsync()).GetProperty("total").GetInt32().ShouldBe(0);
        await system.Admin.PostAsync($"{Root}?start=perhaps", new { symbol = "SIM0103", asset_class = "stock" }).ProblemAsync(HttpStatusCode.BadRequest, "start");
    }

    [Theory]
    // Tracked, well known, and in another spelling.
    [InlineData("MSTF", "stock", "MSFT")]
    [InlineData("NVIDA", "stock", "NVDA")]
    [InlineData("BTCUSD", "stock", "BTC-USD")]
    [InlineData("DOGEE-USD", "crypto", "DOGE-USD")]
    [InlineData("^FTES", "index", "^FTSE")]
    [InlineData("BKR-B", "stock", "BRK.B")]
    public async Task What_nobody_knows_is_refused_with_what_may_have_been_meant(string symbol, string assetClass, string meant)
    {
        var problem = await system.Admin.PostAsync(Root, new { symbol, asset_class = assetClass }).ProblemAsync(HttpStatusCode.UnprocessableEntity, "symbol");
        problem.GetProperty("detail").GetString().ShouldNotBeNull().ShouldContain($"No provider knows {symbol}");
        problem.GetProperty("detail").GetString()!.ShouldContain(meant);
        await system.Admin.FetchAsync($"{Root}/{symbol}").ProblemAsync(HttpStatusCode.NotFound);

        var shown = await LookUpAsync(symbol);
        shown.GetProperty("outcome").GetString().ShouldBe("unknown");
        shown.GetProperty("near_misses").Texts().ShouldContain(meant);
        shown.GetProperty("objection").GetString().ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task What_nobody_could_be_asked_about_is_added_unverified_and_looked_up_at_its_first_run()
    {
        await system.MisbehaveAsync(new { kind = "unauthorized", symbol = "SIM0201", count = 2 });
        var shown = await LookUpAsync("SIM0201");
        Texts(shown, "outcome", "exchange", "asset_class").ShouldBe(["not_asked", "XNYS", "stock"]);
        shown.GetProperty("answers").EnumerateArray().Select(answer => answer.GetProperty("message").GetString()!)
            .ShouldAllBe(message => message.Contains("key", StringComparison.Ordinal));

        await system.MisbehaveAsync(new { kind = "unauthorized", symbol = "SIM0201", count = 2 });
        var added = await system.Admin.PostAsync(Root, new { symbol = "SIM0201", asset_class = "stock" }).JsonAsync(HttpStatusCode.Created);
        Texts(added, "status", "name").ShouldBe(["unverified", null]);
        await Eventually.BecomesAsync(
            async () => Texts(await system.Admin.FetchAsync($"{Root}/SIM0201").JsonAsync(), "status").Single() == "active",
            TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Whom_a_provider_keeps_waiting_is_answered_within_seconds()
    {
        await system.MisbehaveAsync(new { kind = "hang", symbol = "SIM0301" });
        var before = TimeProvider.System.GetTimestamp();
        var added = await system.Admin.PostAsync($"{Root}?start=false", new { symbol = "SIM0301", asset_class = "stock" }).JsonAsync(HttpStatusCode.Created);
        added.GetProperty("status").GetString().ShouldBe("unverified");
        TimeProvider.System.GetElapsedTime(before).ShouldBeLessThan(TimeSpan.FromSeconds(15));
    }

    [Fact]
    public async Task One_provider_that_answers_is_enough()
    {
        await system.MisbehaveAsync(new { kind = "unauthorized", symbol = "SIM0401", provider = "yahoo", count = 1 });
        var added = await system.Admin.PostAsync($"{Root}?start=false", new { symbol = "SIM0401", asset_class = "stock" }).JsonAsync(HttpStatusCode.Created);
        Texts(added, "status", "name", "instrument_type").ShouldBe(["active", "Simulated Company 0401", "CS"]);
    }

    [Theory]
    [InlineData("NPN.JO")]
    [InlineData("WALMEX.MX")]
    public async Task An_exchange_without_a_calendar_is_refused_with_those_that_have_one(string symbol)
    {
        var problem = await system.Admin.PostAsync(Root, new { symbol, asset_class = "stock" }).ProblemAsync(HttpStatusCode.UnprocessableEntity, "symbol");
        var detail = problem.GetProperty("detail").GetString().ShouldNotBeNull();
        detail.ShouldContain("calendar");
        detail.ShouldContain("XLON (");
        detail.ShouldContain("XTKS (");
        (await LookUpAsync(symbol)).GetProperty("objection").GetString().ShouldBe(detail);
    }

    [Fact]
    public async Task A_class_that_it_is_not_of_is_refused() =>
        await system.Admin.PostAsync(Root, new { symbol = "TSLA", asset_class = "index" }).ProblemAsync(HttpStatusCode.UnprocessableEntity, "asset_class");

    [Fact]
    public async Task Of_many_who_add_at_once_each_is_answered_and_one_symbol_is_added_once()
    {
        var others = Enumerable.Range(501, 12).Select(number => $"SIM0{number}").ToList();
        var twice = Enumerable.Range(0, 2).Select(_ => AddAsync("SIM0550"));
        var statuses = await Task.WhenAll(others.Select(AddAsync).Concat(twice));

        statuses[..^2].ShouldAllBe(status => status == HttpStatusCode.Created);
        statuses[^2..].Order().ShouldBe([HttpStatusCode.Created, HttpStatusCode.Conflict]);
        (await system.PendingLookupsAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Bad_input_is_400_and_only_an_admin_key_opens_it()
    {
        await system.Admin.FetchAsync($"{Root}/lookup?symbol=.A").ProblemAsync(HttpStatusCode.BadRequest, "symbol");
        await system.Admin.FetchAsync($"{Root}/lookup").ProblemAsync(HttpStatusCode.BadRequest, "symbol");
        await system.Admin.FetchAsync($"{Root}/lookup?symbol=AAPL&asset_class=bond").ProblemAsync(HttpStatusCode.BadRequest, "asset_class");
        await system.Admin.PostAsync(Root, new { symbol = "..", asset_class = "stock" }).ProblemAsync(HttpStatusCode.BadRequest, "symbol");
        await system.Operator.FetchAsync($"{Root}/lookup?symbol=AAPL").ProblemAsync(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task What_works_is_asked_of_a_node_and_kept_for_a_minute()
    {
        const string path = "/api/v1/providers/check";
        await Eventually.BecomesAsync(() => system.AgeCheckAsync(TimeSpan.FromHours(1)), TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        await system.MisbehaveAsync(new { kind = "unauthorized", provider = "polygon", symbol = "SPY" });
        var looks = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => system.Operator.FetchAsync(path).JsonAsync()));

        looks.Select(look => look.GetProperty("checked_at").GetDateTime()).Distinct().Count().ShouldBe(1);
        var providers = looks[0].GetProperty("providers").EnumerateArray().ToDictionary(one => one.GetProperty("provider").GetString()!);
        Texts(providers["yahoo"], "verdict", "message", "advice").ShouldBe(["works", "gives candles.", null]);
        Texts(providers["polygon"], "verdict").ShouldBe(["key_refused"]);
        Texts(providers["binance"], "verdict").ShouldBe(["works"]);
        looks[0].GetProperty("node").GetString().ShouldNotBeNullOrEmpty();

        var again = await system.Operator.FetchAsync(path).JsonAsync();
        again.GetRawText().ShouldBe(looks[0].GetRawText());
        (await system.Operator.FetchAsync("/api/v1/enrichment/dashboard/health").JsonAsync()).GetProperty("provider_check").GetRawText().ShouldBe(again.GetRawText());
        await system.BehaveAsync();
        await system.AgeCheckAsync(TimeSpan.FromMinutes(2));
        var healed = await system.Operator.FetchAsync(path).JsonAsync();
        healed.GetProperty("providers").EnumerateArray().Single(one => one.GetProperty("provider").GetString() == "polygon")
            .GetProperty("works").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task Only_a_key_that_may_enrich_has_providers_asked() =>
        await system.Reader.FetchAsync("/api/v1/providers/check").ProblemAsync(HttpStatusCode.Forbidden);

    private async Task<HttpStatusCode> AddAsync(string symbol)
    {
        using var answer = await system.Admin.PostAsync($"{Root}?start=false", new { symbol, asset_class = "stock" });
        return answer.StatusCode;
    }

    private Task<JsonElement> LookUpAsync(string symbol) => system.Admin.FetchAsync($"{Root}/lookup?symbol={Uri.EscapeDataString(symbol)}").JsonAsync();

    private static string?[] Texts(JsonElement answer, params string[] names) => [.. names.Select(name => answer.GetProperty(name).GetString())];
}
