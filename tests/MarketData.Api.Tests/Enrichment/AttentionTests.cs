using System.Net;
using System.Text.Json;
using MarketData.Domain.Adjustments;
using MarketData.Domain.Candles;
using MarketData.Domain.Quality;
using MarketData.Domain.Validation;
using MarketData.Storage.Candles;
using MarketData.Storage.Enrichment;

namespace MarketData.Api.Tests.Enrichment;

/// <summary>What about symbols a person should look at is listed while its cause lasts, or until somebody has decided.</summary>
public sealed class AttentionTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const string Root = "/api/v1/enrichment/dashboard/attention";
    private const string Admin = "/api/v1/admin/symbols";

    private static readonly DateOnly ExDate = new(2021, 7, 20);

    [Fact]
    public async Task A_disputed_split_is_listed_with_what_to_do_until_somebody_decides()
    {
        await TrackAsync("SPLITS");
        await StoreAsync("SPLITS", new(2021, 5, 3), 90);
        var actions = new CorporateActionStore(fixture.Database.DataSource);
        await actions.ReportAsync(Stock("SPLITS"), [new StockSplit(ExDate, 1, 10)], [], "polygon", isComplete: true, Token);

        var item = (await ItemsAsync("SPLITS")).ShouldHaveSingleItem();
        (Text(item, "kind"), Text(item, "day"), Text(item, "link")).ShouldBe(("disputed", "2021-07-20", "/dashboard/symbols/SPLITS"));
        Text(item, "what").ShouldStartWith("1 split or dividend is not applied, the latest of 2021-07-20: ");
        Text(item, "what_to_do").ShouldContain("confirm, move or withdraw");
        item.GetProperty("since").GetDateTime().ShouldBeGreaterThan(DateTime.UtcNow.AddHours(-1));
        var health = await fixture.Stranger.FetchAsync("/api/v1/enrichment/dashboard/health").JsonAsync();
        health.GetProperty("attention").EnumerateArray().ShouldContain(count => Text(count, "kind") == "disputed" && count.GetProperty("symbols").GetInt64() >= 1);
        (await new ClusterReader(fixture.Database.DataSource).ReadAsync(Token)).Attention.ShouldContain(count => count.Kind == "disputed");

        var id = (await fixture.Stranger.FetchAsync("/api/v1/corporate-actions/SPLITS").JsonAsync()).GetProperty("reports")[0].GetProperty("id").GetInt64();
        await fixture.Admin.RemoveAsync($"/api/v1/corporate-actions/SPLITS/{id}").JsonAsync();
        (await ItemsAsync("SPLITS")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_dividend_in_another_currency_is_listed_until_the_provider_corrects_it()
    {
        await TrackAsync("PENCE.L");
        await StoreAsync("PENCE.L", new(2021, 5, 3), 90);
        var actions = new CorporateActionStore(fixture.Database.DataSource);
        await actions.ReportAsync(Stock("PENCE.L"), [], [new CashDividend(ExDate, 0.2, "USD")], "yahoo", isComplete: true, Token);
        var item = (await ItemsAsync("PENCE.L")).ShouldHaveSingleItem();
        (Text(item, "kind"), Text(item, "what_to_do")).ShouldBe((
            "unconverted",
            "Track the pair of the two currencies, such as USDJPY=X, with its days back to then; or add it with its amount in the currency of the price, and withdraw what was told."));

        await actions.ReportAsync(Stock("PENCE.L"), [], [new CashDividend(ExDate, 15, "GBp")], "yahoo", isComplete: true, Token);
        (await ItemsAsync("PENCE.L")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_symbol_whose_last_job_got_another_instrument_is_listed_until_a_job_gets_the_right_one()
    {
        await TrackAsync("OTHER");
        await FailAsync("OTHER", "identity_mismatch", "error");
        var item = (await ItemsAsync("OTHER")).ShouldHaveSingleItem();
        (Text(item, "kind"), Text(item, "what"), Text(item, "what_to_do")).ShouldBe(("identity_mismatch", "What went wrong.", "What helps."));
        var since = item.GetProperty("since").GetDateTime();

        await FailAsync("OTHER", "identity_mismatch", "error");
        (await ItemsAsync("OTHER")).ShouldHaveSingleItem().GetProperty("since").GetDateTime().ShouldBe(since);
        await FailAsync("OTHER", "bad_key", "error");
        (await ItemsAsync("OTHER")).ShouldBeEmpty();
        await FailAsync("OTHER", "identity_mismatch", "error");
        (await ItemsAsync("OTHER")).ShouldHaveSingleItem().GetProperty("since").GetDateTime().ShouldBeGreaterThan(since);

        await StoreAsync("OTHER", DateOnly.FromDateTime(DateTime.UtcNow.AddDays(-40)), 30);
        await new SymbolStatusStore(fixture.Database.DataSource).StoredAsync(Symbol.Parse("OTHER"), new QualityThresholds(), DateTime.UtcNow, Token);
        (await ItemsAsync("OTHER")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_symbol_that_nobody_knows_any_more_is_listed_until_it_is_deactivated()
    {
        await TrackAsync("GONE");
        await FailAsync("GONE", "unknown_symbol", "delisted");
        Text((await ItemsAsync("GONE")).ShouldHaveSingleItem(), "kind").ShouldBe("delisted");
        (await fixture.Stranger.FetchAsync($"{Root}?kind=delisted&limit=1").JsonAsync()).GetProperty("items")[0].GetProperty("symbol").GetString().ShouldBe("GONE");

        await fixture.Admin.RemoveAsync($"{Admin}/GONE").JsonAsync();
        (await ItemsAsync("GONE")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("LEVELA", CandleIssues.UnitShift, "unit_shift")]
    [InlineData("LEVELB", CandleIssues.PossibleTickerReuse, "possible_ticker_reuse")]
    public async Task Candles_at_an_odd_level_are_listed_until_a_person_finds_them_right(string symbol, CandleIssues issue, string kind)
    {
        await TrackAsync(symbol);
        await StoreAsync(symbol, new(2021, 5, 3), 60, (day, issues) => day.Day == 1 ? issues | issue : issues);
        var item = (await ItemsAsync(symbol)).ShouldHaveSingleItem();
        (Text(item, "kind"), Text(item, "day"), item.GetProperty("occurrences").GetInt64()).ShouldBe((kind, "2021-07-01", 2));

        var acknowledged = await fixture.Admin.PostAsync($"{Admin}/{symbol}/acknowledgements", new { kind }).JsonAsync();
        acknowledged.GetProperty("candles").GetInt64().ShouldBe(2);
        (await ItemsAsync(symbol)).ShouldBeEmpty();
        // What is stored again stays acknowledged; what comes later is not.
        await StoreAsync(symbol, new(2021, 5, 3), 60, (day, issues) => day.Day == 1 ? issues | issue : issues);
        (await ItemsAsync(symbol)).ShouldBeEmpty();
        await StoreAsync(symbol, new(2021, 8, 2), 20, (day, issues) => day.Day == 2 ? issues | issue : issues);
        Text((await ItemsAsync(symbol)).ShouldHaveSingleItem(), "day").ShouldBe("2021-08-02");
        // The provider has corrected it.
        await StoreAsync(symbol, new(2021, 8, 2), 20);
        (await ItemsAsync(symbol)).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_cannot_be_is_refused_by_its_field_and_only_an_admin_key_decides()
    {
        await TrackAsync("REFUSED");
        await fixture.Admin.PostAsync($"{Admin}/REFUSED/acknowledgements", new { }).ProblemAsync(HttpStatusCode.BadRequest, "kind");
        await fixture.Admin.PostAsync($"{Admin}/REFUSED/acknowledgements", new { kind = "disputed" }).ProblemAsync(HttpStatusCode.BadRequest, "kind");
        await fixture.Admin.PostAsync($"{Admin}/REFUSED/history-cuts", new { }).ProblemAsync(HttpStatusCode.BadRequest, "before");
        await fixture.Admin.PostAsync($"{Admin}/REFUSED/history-cuts", new { before = "soon" }).ProblemAsync(HttpStatusCode.BadRequest, "before");
        await fixture.Admin.PostAsync($"{Admin}/REFUSED/history-cuts", new { before = "2190-01-01" }).ProblemAsync(HttpStatusCode.UnprocessableEntity, "before");
        await fixture.Admin.PostAsync($"{Admin}/NOBODY/history-cuts", new { before = "2021-01-01" }).ProblemAsync(HttpStatusCode.NotFound);
        await fixture.Operator.PostAsync($"{Admin}/REFUSED/history-cuts", new { before = "2021-01-01" }).ProblemAsync(HttpStatusCode.Forbidden);
        await fixture.Operator.PostAsync($"{Admin}/REFUSED/acknowledgements", new { kind = "unit_shift" }).ProblemAsync(HttpStatusCode.Forbidden);
        await fixture.Stranger.FetchAsync($"{Root}?kind=odd").ProblemAsync(HttpStatusCode.BadRequest, "kind");
        await fixture.Stranger.FetchAsync($"{Root}?limit=0").ProblemAsync(HttpStatusCode.BadRequest, "limit");
    }

    [Fact]
    public async Task A_history_is_cut_for_good_in_every_interval_with_all_that_followed_from_it()
    {
        await TrackAsync("REUSED");
        var cut = new DateOnly(2021, 7, 1);
        foreach (var interval in (BarInterval[])[BarInterval.OneDay, BarInterval.OneHour])
            await StoreAsync("REUSED", new(2021, 5, 3), 60, (day, issues) => day == cut ? issues | CandleIssues.PossibleTickerReuse : issues, interval);
        await fixture.Database.ExecuteAsync("INSERT INTO gaps (symbol, timeframe, gap_start, gap_end, missing) VALUES ('REUSED', '1d', '2021-05-10Z', '2021-05-11Z', 2)");
        (await ItemsAsync("REUSED")).ShouldHaveSingleItem().GetProperty("occurrences").GetInt64().ShouldBe(2);

        var answer = await fixture.Admin.PostAsync($"{Admin}/REUSED/history-cuts", new { before = "2021-07-01" }).JsonAsync();

        answer.GetProperty("candles_deleted").GetInt64().ShouldBe(2 * 43);
        (await ItemsAsync("REUSED")).ShouldBeEmpty();
        (await fixture.Stranger.FetchAsync("/api/v1/historical/REUSED?timeframe=1d&validated_only=true&start=2021-01-01").JsonAsync()).GetProperty("candles").GetArrayLength().ShouldBe(17);
        foreach (var timeframe in (string[])["1d", "1h"])
        {
            var page = await fixture.Stranger.FetchAsync($"/api/v1/historical/REUSED?timeframe={timeframe}&start=2021-01-01&features=true").JsonAsync();
            page.GetProperty("candles")[0].GetProperty("timestamp").GetDateTime().Date.ShouldBe(new DateTime(2021, 7, 1));
            page.GetProperty("candles").GetArrayLength().ShouldBe(17);
            page.GetProperty("candles")[4].GetProperty("features").GetProperty("sma_20").ValueKind.ShouldBe(JsonValueKind.Null);
        }

        var series = (await fixture.Stranger.FetchAsync("/api/v1/symbols/detailed?search=REUSED").JsonAsync()).GetProperty("symbols")[0].GetProperty("timeframes");
        series.EnumerateArray().Select(one => one.GetProperty("records").GetInt64()).ShouldAllBe(records => records == 17);
        (await fixture.Stranger.FetchAsync("/api/v1/data/quality/REUSED?start=2021-05-01&end=2021-07-30").JsonAsync()).GetProperty("gaps").GetArrayLength().ShouldBe(0);
        var record = await fixture.Admin.FetchAsync($"{Admin}/REUSED").JsonAsync();
        Text(record, "first_traded").ShouldBe("2021-07-01");
        record.GetProperty("facts").EnumerateArray().ShouldContain(fact => Text(fact, "fact") == "first_traded" && Text(fact, "confirmed_by") == "a key to admin");
        // Once more it is done already; and it can be taken back, so that a backfill fetches those days again.
        (await fixture.Admin.PostAsync($"{Admin}/REUSED/history-cuts", new { before = "2021-07-01" }).JsonAsync()).GetProperty("candles_deleted").GetInt64().ShouldBe(0);
        await fixture.Admin.PutAsync($"{Admin}/REUSED", new { first_traded = "2019-01-02" }).JsonAsync();
        Text(await fixture.Admin.FetchAsync($"{Admin}/REUSED").JsonAsync(), "first_traded").ShouldBe("2019-01-02");
    }

    [Fact]
    public async Task The_first_day_that_stays_begins_with_its_session()
    {
        await TrackAsync("REUSED.AX");
        // Sydney's session opens at 23:00 UTC of the day before in summer.
        await StoreAsync("REUSED.AX", new(2021, 1, 4), 10, interval: BarInterval.OneHour, opens: TimeSpan.FromHours(-1));

        var answer = await fixture.Admin.PostAsync($"{Admin}/REUSED.AX/history-cuts", new { before = "2021-01-11" }).JsonAsync();

        answer.GetProperty("candles_deleted").GetInt64().ShouldBe(5);
        var page = await fixture.Stranger.FetchAsync("/api/v1/historical/REUSED.AX?timeframe=1h&start=2021-01-01").JsonAsync();
        page.GetProperty("candles")[0].GetProperty("timestamp").GetDateTime().ShouldBe(new DateTime(2021, 1, 10, 23, 0, 0));
    }

    [Fact]
    public async Task A_history_is_not_cut_under_a_job_that_runs()
    {
        await TrackAsync("RUNNING");
        await StoreAsync("RUNNING", new(2021, 5, 3), 10);
        await fixture.Database.QueueAsync("RUNNING");
        await fixture.Database.ExecuteAsync("UPDATE enrichment_jobs SET status = 'running', lease_owner = 'n', lease_expires_at = now() + interval '1 hour' WHERE symbol = 'RUNNING'");
        await fixture.Admin.PostAsync($"{Admin}/RUNNING/history-cuts", new { before = "2021-05-05" }).ProblemAsync(HttpStatusCode.Conflict);
        (await fixture.Stranger.FetchAsync("/api/v1/historical/RUNNING?start=2021-01-01").JsonAsync()).GetProperty("candles").GetArrayLength().ShouldBe(10);
    }

    [Fact]
    public async Task A_name_is_removed_by_its_number_and_the_others_stay()
    {
        await TrackAsync("NAMED");
        await fixture.Admin.PutAsync($"{Admin}/NAMED/aliases", new { provider = "polygon", provider_symbol = "OLD", valid_to = "2011-03-22" }).JsonAsync();
        var two = await fixture.Admin.PutAsync($"{Admin}/NAMED/aliases", new { provider = "polygon", provider_symbol = "OLD", valid_from = "2019-01-02" }).JsonAsync();
        var first = two.GetProperty("aliases").EnumerateArray().Single(alias => alias.GetProperty("valid_from").ValueKind == JsonValueKind.Null);

        var left = await fixture.Admin.RemoveAsync($"{Admin}/NAMED/aliases/{first.GetProperty("id").GetInt64()}").JsonAsync();

        Text(left.GetProperty("aliases").EnumerateArray().ShouldHaveSingleItem(), "valid_from").ShouldBe("2019-01-02");
        await fixture.Admin.RemoveAsync($"{Admin}/NAMED/aliases/{first.GetProperty("id").GetInt64()}").ProblemAsync(HttpStatusCode.NotFound);
        // What the project came with is not a person's to remove.
        await TrackAsync("META");
        var builtIn = (await fixture.Admin.FetchAsync($"{Admin}/META").JsonAsync()).GetProperty("aliases")[0].GetProperty("id").GetInt64();
        await fixture.Admin.RemoveAsync($"{Admin}/META/aliases/{builtIn}").ProblemAsync(HttpStatusCode.NotFound);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private Task TrackAsync(string symbol) => fixture.Database.TrackAsync(symbol);

    private async Task<JsonElement[]> ItemsAsync(string symbol) =>
        [.. (await fixture.Stranger.FetchAsync($"{Root}?symbol={symbol}").JsonAsync()).GetProperty("items").EnumerateArray()];

    private async Task FailAsync(string symbol, string reason, string health)
    {
        await fixture.Database.QueueAsync(symbol);
        var jobs = new JobStore(fixture.Database.DataSource);
        await fixture.Database.AliveAsync("attention");
        var job = (await jobs.ClaimAsync("attention", TimeSpan.FromMinutes(1), 1, Token)).ShouldNotBeNull();
        job.Symbol.ShouldBe(symbol);
        await jobs.FailAsync(job.Fence, new JobFailure(true, "What went wrong.", "What helps.", reason) { Health = health }, TimeSpan.Zero, [], Token);
    }

    // One candle on each weekday; by the hour, the one that opens at 14:30 UTC.
    private Task<WriteResult> StoreAsync(
        string symbol, DateOnly from, int sessions, Func<DateOnly, CandleIssues, CandleIssues>? mark = null, BarInterval interval = BarInterval.OneDay,
        TimeSpan? opens = null)
    {
        var days = Enumerable.Range(0, sessions * 2).Select(from.AddDays).Where(day => day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday)).Take(sessions).ToList();
        var candles = days.Select(day =>
        {
            var issues = mark?.Invoke(day, CandleIssues.None) ?? CandleIssues.None;
            var candle = new Candle
            {
                Timestamp = day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc)
                    + (interval == BarInterval.OneDay ? TimeSpan.Zero : opens ?? new TimeSpan(14, 30, 0)),
                Open = 100,
                High = 101,
                Low = 99,
                Close = 100,
                Volume = 1000,
            };
            return new StoredCandle(candle, "polygon", issues, ValidationRules.Score(issues));
        });
        return new SeriesWriter(fixture.Database.DataSource).WriteAsync(
            new SeriesWrite
            {
                Instrument = Stock(symbol),
                Interval = interval,
                Source = "polygon",
                Candles = candles.ToArray(),
                ExpectedByDate = days.ToDictionary(day => day, _ => 1),
            },
            Token);
    }

    private static Instrument Stock(string symbol) => new(Symbol.Parse(symbol), AssetClass.Stock);

    private static string Text(JsonElement item, string name) => item.GetProperty(name).GetString()!;
}
