using System.Net;
using System.Text.Json;
using MarketData.Storage.Enrichment;
using MarketData.Testing;

namespace MarketData.Api.Tests.Enrichment;

/// <summary>A backfill is planned, begun, followed by interval and month, cancelled and resumed.</summary>
public sealed class BackfillsTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const string Path = "/api/v1/enrichment/backfills";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_plan_is_a_nodes_and_begins_nothing()
    {
        await fixture.Database.TrackAsync("PLANA");
        await fixture.Database.ExecuteAsync("UPDATE enrichment_nodes SET stopped_at = now()");
        var wanted = new { symbols = new[] { "plana" }, from = "2016-01-01", to = "2026-01-01" };
        (await fixture.Operator.PostAsync(Path + "/plan", wanted).ProblemAsync(HttpStatusCode.ServiceUnavailable))
            .GetProperty("code").GetString().ShouldBe("no_node");

        await fixture.Database.AliveAsync();
        var asked = fixture.Operator.PostAsync(Path + "/plan", wanted).JsonAsync();
        var node = new BackfillPlanStore(fixture.Database.DataSource, TimeProvider.System);
        PendingPlan? question = null;
        await Eventually.BecomesAsync(async () => (question = await node.ClaimAsync("node-1", Cancellation)) is not null, TimeSpan.FromSeconds(30), Cancellation);
        question!.Request.Symbols.ShouldBe(["PLANA"]);
        (await node.ReadSymbolsAsync(question.Request, Cancellation)).ShouldHaveSingleItem().Timeframes.ShouldBe(["1d"]);
        var told = new BackfillPlan(
            1, 1, 2515, 3, 7.5, "yahoo", 5, [new("1d", 1, question.Request.From, question.Request.To, 2515, 3, 1, question.Request.From!.Value.AddDays(1), 0)],
            [new("yahoo", 3, 30, 7.5, "closed", null)]);
        await node.AnswerAsync(question.Id, told, Cancellation);

        var plan = await asked;
        (plan.GetProperty("requests").GetInt64(), plan.GetProperty("seconds").GetDouble(), plan.GetProperty("limited_by").GetString()).ShouldBe((3, 7.5, "yahoo"));
        plan.GetProperty("intervals")[0].GetProperty("served_from").GetDateTime().ShouldBe(new DateTime(2016, 1, 2, 0, 0, 0, DateTimeKind.Utc));
        (await fixture.Stranger.FetchAsync("/api/v1/enrichment/jobs?symbol=PLANA").JsonAsync()).GetProperty("total").GetInt64().ShouldBe(0);
    }

    [Theory]
    [InlineData("plan")]
    [InlineData("")]
    public async Task What_is_wrong_is_said_before_anything_is_asked_or_begun(string path)
    {
        var symbol = "WRONG" + path.ToUpperInvariant();
        await fixture.Database.TrackAsync(symbol);
        var address = path.Length == 0 ? Path : $"{Path}/{path}";
        await fixture.Operator.PostAsync(address, new { symbols = new[] { symbol } }).ProblemAsync(HttpStatusCode.BadRequest, "from");
        await fixture.Operator.PostAsync(address, new { symbols = new[] { symbol }, from = "2016-01-01" }).ProblemAsync(HttpStatusCode.BadRequest, "to");
        await fixture.Operator.PostAsync(address, new { symbols = new[] { "NOBODYS" }, from = "2016-01-01", to = "2017-01-01" })
            .ProblemAsync(HttpStatusCode.UnprocessableEntity, "symbols");
        await fixture.Operator.PostAsync(address, new { symbols = new[] { symbol }, timeframes = new[] { "5m" }, from = "2016-01-01", to = "2017-01-01" })
            .ProblemAsync(HttpStatusCode.UnprocessableEntity, "timeframes");
        await fixture.Reader.PostAsync(address, new { from = "2016-01-01", to = "2017-01-01" }).ProblemAsync(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Progress_is_told_by_interval_and_month_and_what_failed_is_resumed()
    {
        await fixture.Database.TrackAsync("FOLA");
        await fixture.Database.TrackAsync("FOLB");
        await fixture.Database.TrackAsync("FOLC");
        var id = await BeginAsync("2024-01-15", "2024-05-01", "FOLA", "FOLB", "FOLC");
        (await DetailAsync(id)).GetProperty("status").GetString().ShouldBe("queued");

        // One has everything, one everything before 20 March and failed there, one was listed in April and waits.
        await fixture.Database.ExecuteAsync(
            """
            INSERT INTO backfill_state (symbol, timeframe, start_date, end_date, last_successful_date, status, job_id, last_error) VALUES
                ('FOLA', '1d', '2024-01-15Z', '2024-05-01Z', '2024-05-01Z', 'completed', @id, NULL),
                ('FOLB', '1d', '2024-01-15Z', '2024-05-01Z', '2024-03-20Z', 'failed', @id, 'polygon answered 500.'),
                ('FOLC', '1d', '2024-04-10Z', '2024-05-01Z', NULL, 'running', @id, NULL);
            UPDATE enrichment_jobs SET attempt = 4, status = CASE symbol WHEN 'FOLA' THEN 'succeeded' ELSE 'failed' END, completed_at = now(), error_advice = 'Wait.'
            WHERE job_id = @id AND symbol <> 'FOLC';
            UPDATE enrichment_history SET status = 'running', started_at = now() - interval '1 minute' WHERE job_id = @id
            """,
            new { id });
        await fixture.Database.AliveAsync();
        var detail = await DetailAsync(id);
        detail.GetProperty("status").GetString().ShouldBe("running");
        detail.GetProperty("progress").GetDouble().ShouldBe((1 + 65 / 107.0 + 0) / 3, 1e-6);
        detail.GetProperty("estimated_completion").GetDateTime().ShouldBeGreaterThan(DateTime.UtcNow);
        var months = detail.GetProperty("intervals")[0].GetProperty("months").EnumerateArray()
            .Select(month => $"{month.GetProperty("month").GetString()} {month.GetProperty("series")} {month.GetProperty("completed")} {month.GetProperty("failed")}");
        months.ShouldBe(["2024-01-01 2 2 0", "2024-02-01 2 2 0", "2024-03-01 2 1 1", "2024-04-01 3 1 1"]);
        var part = detail.GetProperty("failed_parts")[0];
        (part.GetProperty("symbol").GetString(), part.GetProperty("reached").GetDateTime(), part.GetProperty("error").GetString(), part.GetProperty("advice").GetString())
            .ShouldBe(("FOLB", new DateTime(2024, 3, 20, 0, 0, 0, DateTimeKind.Utc), "polygon answered 500.", "Wait."));

        var cancelled = await fixture.Operator.RemoveAsync($"{Path}/{id}").JsonAsync();
        (cancelled.GetProperty("symbols_cancelled").GetInt32(), cancelled.GetProperty("still_running").GetInt32()).ShouldBe((1, 0));
        (await DetailAsync(id)).GetProperty("status").GetString().ShouldBe("partial");
        await fixture.Reader.PostAsync($"{Path}/{id}/resume").ProblemAsync(HttpStatusCode.Forbidden);
        var resumed = await fixture.Operator.PostAsync($"{Path}/{id}/resume").JsonAsync(HttpStatusCode.Accepted);
        resumed.GetProperty("symbols_queued").Texts().ShouldBe(["FOLB", "FOLC"]);
        resumed.GetProperty("id").GetGuid().ShouldBe(id);

        detail = await DetailAsync(id);
        detail.GetProperty("status").GetString().ShouldBe("running");
        // What is stored counts on, and nothing of it has failed any more.
        detail.GetProperty("progress").GetDouble().ShouldBe((1 + 65 / 107.0 + 0) / 3, 1e-6);
        detail.GetProperty("runs")[0].GetProperty("progress_before").GetDouble().ShouldBe((1 + 65 / 107.0 + 0) / 3, 1e-6);
        detail.GetProperty("estimated_completion").ValueKind.ShouldBe(JsonValueKind.Null);
        detail.GetProperty("failed_parts_total").GetInt32().ShouldBe(0);
        detail.GetProperty("runs").GetArrayLength().ShouldBe(2);
        // A minute later half of what was left is stored: another minute.
        await fixture.Database.ExecuteAsync(
            """
            UPDATE enrichment_history SET status = 'running', started_at = now() - interval '1 minute' WHERE backfill_id = @id AND job_id <> @id;
            UPDATE enrichment_history SET status = 'cancelled', started_at = now() - interval '2 hours', completed_at = now() - interval '1 hour' WHERE job_id = @id;
            UPDATE backfill_state SET last_successful_date = last_successful_date + (end_date - last_successful_date) / 2
            WHERE symbol = 'FOLB' AND status <> 'completed';
            UPDATE backfill_state SET last_successful_date = start_date + (end_date - start_date) / 2 WHERE symbol = 'FOLC';
            INSERT INTO run_requests (job_id, provider, requests)
            SELECT job_id, provider, requests FROM enrichment_history, (VALUES ('polygon', 3), ('yahoo', 4)) AS n (provider, requests) WHERE backfill_id = @id;
            """,
            new { id });
        detail = await DetailAsync(id);
        (detail.GetProperty("estimated_completion").GetDateTime() - DateTime.UtcNow).ShouldBeInRange(TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(3));
        var spent = detail.GetProperty("spent");
        (spent.GetProperty("requests").GetInt64(), spent.GetProperty("providers")[0].GetProperty("provider").GetString()).ShouldBe((14, "yahoo"));
        spent.GetProperty("seconds").GetDouble().ShouldBeInRange(3_600, 3_900);
        detail.GetProperty("plan").ValueKind.ShouldBe(JsonValueKind.Null);
        (await fixture.Operator.PostAsync($"{Path}/{id}/resume").ProblemAsync(HttpStatusCode.Conflict)).GetProperty("code").GetString().ShouldBe("nothing_to_resume");
    }

    [Fact]
    public async Task One_that_is_asked_for_twice_is_one()
    {
        await fixture.Database.TrackAsync("TWICE");
        var first = await BeginAsync("2020-01-01", "2021-01-01", "TWICE");
        var again = await fixture.Operator.PostAsync(Path, Range("2020-01-01", "2021-01-01", "TWICE")).JsonAsync(HttpStatusCode.Accepted);
        (again.GetProperty("id").GetGuid(), again.GetProperty("status").GetString()).ShouldBe((first, "already_running"));
        // The older call makes one, too, and a run that tries again what failed of one is part of it.
        await fixture.Database.TrackAsync("OLDER");
        var run = (await fixture.Operator.PostAsync("/api/v1/enrichment/trigger", Range("2020-01-01", "2021-01-01", "OLDER")).JsonAsync(HttpStatusCode.Accepted))
            .GetProperty("job_id").GetGuid();
        await fixture.Database.EndAsync(run, failed: "OLDER");
        (await DetailAsync(run)).GetProperty("status").GetString().ShouldBe("failed");
        await fixture.Operator.PostAsync($"/api/v1/enrichment/retry-failed?job_id={run}").JsonAsync(HttpStatusCode.Accepted);
        var detail = await DetailAsync(run);
        (detail.GetProperty("status").GetString(), detail.GetProperty("runs").GetArrayLength()).ShouldBe(("queued", 2));

        var page = await fixture.Stranger.FetchAsync(Path + "?limit=1").JsonAsync();
        page.GetProperty("items")[0].GetProperty("id").GetGuid().ShouldBe(run);
        page.GetProperty("total").GetInt64().ShouldBeGreaterThanOrEqualTo(2);
        var next = await fixture.Stranger.FetchAsync($"{Path}?limit=1&cursor={page.GetProperty("next_cursor").GetString()}").JsonAsync();
        next.GetProperty("items")[0].GetProperty("id").GetGuid().ShouldNotBe(run);
    }

    private static object Range(string from, string to, params string[] symbols) => new { symbols, from, to };

    private async Task<Guid> BeginAsync(string from, string to, params string[] symbols)
    {
        using var answer = await fixture.Operator.PostAsync(Path, Range(from, to, symbols));
        var begun = await Task.FromResult(answer).JsonAsync(HttpStatusCode.Accepted);
        answer.Headers.Location!.ToString().ShouldBe($"{Path}/{begun.GetProperty("id").GetString()}");
        return begun.GetProperty("id").GetGuid();
    }

    private Task<JsonElement> DetailAsync(Guid id) => fixture.Stranger.FetchAsync($"{Path}/{id}").JsonAsync();
}
