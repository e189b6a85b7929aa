using System.Net;
using MarketData.Storage.Enrichment;

namespace MarketData.Api.Tests.Enrichment;

public sealed class ControlTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const string TriggerPath = "/api/v1/enrichment/trigger";

    [Fact]
    public async Task A_trigger_is_accepted_on_disk_and_joined_when_repeated()
    {
        await fixture.Database.TrackAsync("TRIGA");
        await fixture.Database.TrackAsync("TRIGB");
        using var answer = await fixture.Operator.PostAsync($"{TriggerPath}?symbols=triga&symbols=TRIGB");
        var accepted = await Task.FromResult(answer).JsonAsync(HttpStatusCode.Accepted);
        accepted.GetProperty("status").GetString().ShouldBe("queued");
        accepted.GetProperty("symbols_queued").Texts().ShouldBe(["TRIGA", "TRIGB"]);
        var location = answer.Headers.Location.ShouldNotBeNull().ToString();
        location.ShouldBe($"/api/v1/enrichment/runs/{accepted.GetProperty("job_id").GetString()}");
        var run = await fixture.Stranger.FetchAsync(location).JsonAsync();
        run.GetProperty("trigger").GetString().ShouldBe("manual");
        run.GetProperty("requested_by").GetString().ShouldBe("a key to enrich");
        run.GetProperty("stuck").GetBoolean().ShouldBeTrue();

        var again = await fixture.Operator.PostAsync($"{TriggerPath}?symbols=TRIGA").JsonAsync(HttpStatusCode.Accepted);
        again.GetProperty("status").GetString().ShouldBe("already_running");
        again.GetProperty("job_id").GetString().ShouldBe(accepted.GetProperty("job_id").GetString());
        again.GetProperty("already_running").Texts().ShouldBe(["TRIGA"]);
    }

    [Fact]
    public async Task A_body_says_the_same_and_more()
    {
        await fixture.Database.TrackAsync("BODYA");
        var accepted = await fixture.Operator.PostAsync(
            TriggerPath,
            new { symbols = new[] { "bodya" }, timeframes = new[] { "1h", "1d" }, track = true, from = "2024-01-02", to = "2024-02-01T00:00:00Z" }).JsonAsync(HttpStatusCode.Accepted);
        var run = await fixture.Stranger.FetchAsync($"/api/v1/enrichment/runs/{accepted.GetProperty("job_id").GetString()}").JsonAsync();
        run.GetProperty("trigger").GetString().ShouldBe("backfill");
        var job = run.GetProperty("symbols")[0];
        job.GetProperty("range_from").GetDateTime().ShouldBe(new DateTime(2024, 1, 2, 0, 0, 0, DateTimeKind.Utc));
        job.GetProperty("timeframes").Texts().ShouldBe(["1h", "1d"], ignoreOrder: true);
    }

    [Fact]
    public async Task An_unknown_symbol_is_named_with_near_misses_and_nothing_is_queued()
    {
        await fixture.Database.TrackAsync("NEARBY");
        var problem = await fixture.Operator.PostAsync($"{TriggerPath}?symbols=NEARBY&symbols=NAERBY").ProblemAsync(HttpStatusCode.UnprocessableEntity, "symbols");
        problem.GetProperty("detail").GetString().ShouldNotBeNull().ShouldContain("NAERBY is not tracked; did you mean NEARBY");
        (await fixture.Stranger.FetchAsync("/api/v1/enrichment/jobs?symbol=NEARBY").JsonAsync()).GetProperty("total").GetInt64().ShouldBe(0);
    }

    [Theory]
    [InlineData("1990-01-01", "2020-03-02", "to")]
    [InlineData("2025-07-01", "2025-08-01", "from")]
    [InlineData("1990-01-01", "2020-03-03", null)]
    [InlineData("2025-06-01", "2025-08-01", null)]
    public async Task A_range_in_which_the_symbol_was_not_traded_is_refused(string from, string to, string? field)
    {
        var symbol = $"L{from}{to}".Replace("-", "", StringComparison.Ordinal);
        await fixture.Database.TrackAsync(symbol);
        await fixture.Database.ExecuteAsync(
            "UPDATE symbols SET first_traded = '2020-03-02', last_traded = '2025-06-13' WHERE symbol = @symbol", new { symbol });
        var answer = fixture.Operator.PostAsync(TriggerPath, new { symbols = new[] { symbol }, from, to });
        if (field is null)
        {
            await answer.JsonAsync(HttpStatusCode.Accepted);
            return;
        }

        var problem = await answer.ProblemAsync(HttpStatusCode.UnprocessableEntity, field);
        problem.GetProperty("detail").GetString().ShouldNotBeNull().ShouldContain(field == "to" ? "first traded on 2020-03-02" : "last traded on 2025-06-13");
    }

    [Fact]
    public async Task An_interval_that_is_not_tracked_is_refused_unless_it_is_to_be_tracked()
    {
        await fixture.Database.TrackAsync("DAYS");
        await fixture.Database.TrackAsync("HOURS", "index");
        var refused = await fixture.Operator.PostAsync($"{TriggerPath}?symbols=DAYS&timeframes=5m,1d").ProblemAsync(HttpStatusCode.UnprocessableEntity, "timeframes");
        refused.GetProperty("detail").GetString().ShouldBe(
            "Nothing was queued. DAYS does not track 5m, but 1d. With track=true they are tracked from now on.");
        await fixture.Operator.PostAsync(TriggerPath, new { asset_class = "index", timeframes = new[] { "1h" } })
            .ProblemAsync(HttpStatusCode.UnprocessableEntity, "timeframes");
        await fixture.Operator.PostAsync(TriggerPath, new { timeframes = new[] { "1h" } }).ProblemAsync(HttpStatusCode.UnprocessableEntity, "timeframes");
        await fixture.Operator.PostAsync(TriggerPath, new { asset_class = "index", track = true }).ProblemAsync(HttpStatusCode.BadRequest, "track");

        await fixture.Operator.PostAsync($"{TriggerPath}?asset_class=index&timeframes=1h&track=true").JsonAsync(HttpStatusCode.Accepted);
        await fixture.Operator.PostAsync(TriggerPath, new { symbols = new[] { "DAYS" }, timeframes = new[] { "1w", "5m" }, track = true })
            .JsonAsync(HttpStatusCode.Accepted);
        async Task<string?[]> TrackedAsync(string symbol) =>
            (await fixture.Admin.FetchAsync($"/api/v1/admin/symbols/{symbol}").JsonAsync()).GetProperty("timeframes").Texts();
        (await TrackedAsync("DAYS")).ShouldBe(["5m", "1d", "1w"]);
        (await TrackedAsync("HOURS")).ShouldBe(["1h", "1d"]);
    }

    [Theory]
    [InlineData("symbols=")]
    [InlineData("symbols=,")]
    [InlineData("symbols=&symbols=")]
    [InlineData("timeframes=")]
    [InlineData("asset_class=")]
    public async Task Nothing_in_a_parameter_does_not_mean_everything(string query)
    {
        await fixture.Database.ExecuteAsync("INSERT INTO symbols (symbol, asset_class, timeframes) VALUES ('ANY', 'stock', '{1d}') ON CONFLICT DO NOTHING");
        await fixture.Operator.PostAsync($"{TriggerPath}?{query}").ProblemAsync(HttpStatusCode.BadRequest, query[..query.IndexOf('=', StringComparison.Ordinal)]);
        await fixture.Operator.PostAsync("/api/v1/enrichment/retry-failed?job_id=").ProblemAsync(HttpStatusCode.BadRequest, "job_id");
    }

    [Fact]
    public async Task A_class_none_of_which_was_listed_yet_is_not_backfilled()
    {
        await fixture.Database.TrackAsync("LATER", "fx");
        await fixture.Database.TrackAsync("LATEST", "fx");
        await fixture.Database.ExecuteAsync(
            "UPDATE symbols SET first_traded = CASE symbol WHEN 'LATER' THEN date '2020-03-02' ELSE '2023-01-02' END WHERE symbol IN ('LATER', 'LATEST')");
        await fixture.Operator.PostAsync(TriggerPath, new { asset_class = "fx", from = "1990-01-01", to = "2019-01-01" })
            .ProblemAsync(HttpStatusCode.UnprocessableEntity, "to");
        await fixture.Operator.PostAsync(TriggerPath, new { asset_class = "fx", from = "1990-01-01", to = "2021-01-01" }).JsonAsync(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task An_inactive_symbol_and_one_of_another_class_are_refused()
    {
        await fixture.Database.TrackAsync("ASLEEP");
        await fixture.Database.TrackAsync("CLASSY");
        await fixture.Admin.RemoveAsync("/api/v1/admin/symbols/ASLEEP").JsonAsync();
        await fixture.Operator.PostAsync($"{TriggerPath}?symbols=ASLEEP").ProblemAsync(HttpStatusCode.UnprocessableEntity, "symbols");
        await fixture.Operator.PostAsync($"{TriggerPath}?symbols=CLASSY&asset_class=crypto").ProblemAsync(HttpStatusCode.UnprocessableEntity, "symbols");
        await fixture.Operator.PostAsync($"{TriggerPath}?asset_class=etf").ProblemAsync(HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task An_idempotency_key_makes_one_run_however_often_it_is_sent()
    {
        await fixture.Database.TrackAsync("ONCE");
        var name = Guid.NewGuid().ToString();
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => SendAsync("ONCE", name).JsonAsync(HttpStatusCode.Accepted)));
        answers.Select(answer => answer.GetProperty("job_id").GetString()).Distinct().ShouldHaveSingleItem();
        answers.ShouldAllBe(answer => answer.GetProperty("status").GetString() == "queued");
        await fixture.Database.TrackAsync("OTHER");
        await SendAsync("OTHER", name).ProblemAsync(HttpStatusCode.UnprocessableEntity, "Idempotency-Key");
        await SendAsync("OTHER", "a name with spaces").ProblemAsync(HttpStatusCode.BadRequest, "Idempotency-Key");
    }

    [Fact]
    public async Task A_repetition_gets_the_first_answer_whatever_has_changed_since()
    {
        await fixture.Database.TrackAsync("GONESOON");
        var name = Guid.NewGuid().ToString();
        var first = await SendAsync("GONESOON", name).JsonAsync(HttpStatusCode.Accepted);
        await fixture.Database.ExecuteAsync("UPDATE symbols SET active = false WHERE symbol = 'GONESOON'");

        var again = await SendAsync("GONESOON", name).JsonAsync(HttpStatusCode.Accepted);

        again.GetRawText().ShouldBe(first.GetRawText());
        await SendAsync("GONESOON", Guid.NewGuid().ToString()).ProblemAsync(HttpStatusCode.UnprocessableEntity, "symbols");
    }

    [Fact]
    public async Task A_refused_request_leaves_its_idempotency_key_free()
    {
        var name = Guid.NewGuid().ToString();
        await SendAsync("COMESSOON", name).ProblemAsync(HttpStatusCode.UnprocessableEntity, "symbols");
        await fixture.Database.TrackAsync("COMESSOON");

        await SendAsync("COMESSOON", name).JsonAsync(HttpStatusCode.Accepted);
    }

    [Theory]
    [InlineData("""{"symbols":["A B"]}""", "symbols")]
    [InlineData("""{"symbols":[null]}""", "symbols")]
    [InlineData("""{"symbols":[]}""", "symbols")]
    [InlineData("""{"symbols":[],"asset_class":"stock"}""", "symbols")]
    [InlineData("""{"timeframes":[]}""", "timeframes")]
    [InlineData("""{"asset_class":""}""", "asset_class")]
    [InlineData("""{"from":"2024-01-01","to":"2190-02-01"}""", "to")]
    [InlineData("""{"track":true}""", "track")]
    [InlineData("""{"asset_class":"bond"}""", "asset_class")]
    [InlineData("""{"timeframes":["2d"]}""", "timeframes")]
    [InlineData("""{"from":"2024-01-01"}""", "to")]
    [InlineData("""{"to":"2024-01-01"}""", "from")]
    [InlineData("""{"from":"2024-02-01","to":"2024-01-01"}""", "from")]
    [InlineData("""{"from":"0024-02-01","to":"2024-01-01"}""", "from")]
    [InlineData("""{"from":"2190-01-01","to":"2190-02-01"}""", "from")]
    [InlineData("""{"from":"1920-01-01","to":"1927-01-01"}""", "to")]
    [InlineData("""{"colour":"red"}""", "colour")]
    [InlineData("""{"symbols":"AAPL"}""", "symbols")]
    [InlineData("""{"symbols":[""", "body")]
    [InlineData("null", "body")]
    public async Task A_body_that_is_wrong_is_400_and_names_the_field(string body, string field)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        var problem = await fixture.Operator.PostAsync(TriggerPath, content, TestContext.Current.CancellationToken).ProblemOfAsync();
        problem.Status.ShouldBe(HttpStatusCode.BadRequest);
        problem.Fields.ShouldContain(name => name.StartsWith(field, StringComparison.Ordinal) || (field == "body" && name.StartsWith("symbols", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_body_that_is_not_json_is_415()
    {
        using var content = new StringContent("symbols=AAPL", System.Text.Encoding.UTF8, "application/x-www-form-urlencoded");
        await fixture.Operator.PostAsync(TriggerPath, content, TestContext.Current.CancellationToken).ProblemAsync(HttpStatusCode.UnsupportedMediaType);
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_413()
    {
        using var content = new StringContent($$"""{"symbols":["{{new string('A', 20_000_000)}}"]}""", System.Text.Encoding.UTF8, "application/json");
        await fixture.Operator.PostAsync(TriggerPath, content, TestContext.Current.CancellationToken).ProblemAsync(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task A_refusal_is_seen_by_whoever_still_sends_more_than_would_be_read()
    {
        using var content = new ByteArrayContent(new byte[20_000_000]);
        await fixture.Stranger.PostAsync(TriggerPath, content, TestContext.Current.CancellationToken).ProblemAsync(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Cancelling_ends_what_is_queued()
    {
        await fixture.Database.TrackAsync("CANCEL");
        var run = await fixture.Database.QueueAsync("CANCEL");
        var cancelled = await fixture.Operator.RemoveAsync($"/api/v1/enrichment/runs/{run}").JsonAsync();
        cancelled.GetProperty("status").GetString().ShouldBe("cancelled");
        cancelled.GetProperty("symbols_cancelled").GetInt32().ShouldBe(1);
        (await fixture.Operator.RemoveAsync($"/api/v1/enrichment/runs/{run}").JsonAsync()).GetProperty("symbols_cancelled").GetInt32().ShouldBe(0);
        await fixture.Operator.RemoveAsync($"/api/v1/enrichment/runs/{Guid.NewGuid()}").ProblemAsync(HttpStatusCode.NotFound);
        await fixture.Operator.RemoveAsync("/api/v1/enrichment/runs/x").ProblemAsync(HttpStatusCode.BadRequest, "job_id");
    }

    [Fact]
    public async Task Failed_symbols_are_tried_again()
    {
        await fixture.Database.TrackAsync("FAILA");
        await fixture.Database.TrackAsync("FAILB");
        var run = await fixture.Database.QueueAsync("FAILA", "FAILB");
        await fixture.Operator.PostAsync($"/api/v1/enrichment/retry-failed?job_id={run}").ProblemAsync(HttpStatusCode.Conflict);
        await fixture.Database.EndAsync(run, failed: "FAILB");
        var again = await fixture.Operator.PostAsync($"/api/v1/enrichment/retry-failed?job_id={run}").JsonAsync(HttpStatusCode.Accepted);
        again.GetProperty("symbols_queued").Texts().ShouldBe(["FAILB"]);
        await fixture.Operator.PostAsync($"/api/v1/enrichment/retry-failed?job_id={Guid.NewGuid()}").ProblemAsync(HttpStatusCode.NotFound);

        await fixture.Operator.PostAsync("/api/v1/enrichment/retry-failed").ProblemAsync(HttpStatusCode.Conflict);
        await fixture.Database.ExecuteAsync("UPDATE enrichment_status SET status = 'error', health = 'error' WHERE symbol = 'FAILA'");
        (await fixture.Operator.PostAsync("/api/v1/enrichment/retry-failed").JsonAsync(HttpStatusCode.Accepted))
            .GetProperty("symbols_queued").Texts().ShouldBe(["FAILA"]);
    }

    [Fact]
    public async Task Pause_and_resume_are_idempotent_and_still_work_by_get()
    {
        for (var i = 0; i < 2; i++)
        {
            var paused = await fixture.Operator.PostAsync("/api/v1/enrichment/pause").JsonAsync();
            paused.GetProperty("scheduler_status").GetString().ShouldBe("paused");
            paused.GetProperty("changed_by").GetString().ShouldBe("a key to enrich");
        }

        using (var resumed = await fixture.Operator.FetchAsync("/api/v1/enrichment/resume"))
        {
            resumed.StatusCode.ShouldBe(HttpStatusCode.OK);
            resumed.Headers.GetValues("Deprecation").ShouldHaveSingleItem().ShouldStartWith("@");
        }

        (await new SchedulerStore(fixture.Database.DataSource).ReadAsync(TestContext.Current.CancellationToken)).Paused.ShouldBeFalse();
        (await fixture.Operator.FetchAsync("/api/v1/enrichment/pause").JsonAsync()).GetProperty("paused").GetBoolean().ShouldBeTrue();
        (await fixture.Operator.PostAsync("/api/v1/enrichment/resume").JsonAsync()).GetProperty("paused").GetBoolean().ShouldBeFalse();
    }

    private Task<HttpResponseMessage> SendAsync(string symbol, string name)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"{TriggerPath}?symbols={symbol}");
        request.Headers.TryAddWithoutValidation("Idempotency-Key", name);
        return fixture.Operator.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
