using Dapper;
using MarketData.Storage.Enrichment;

namespace MarketData.Api.Tests.Enrichment;

public sealed class NextRunTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task Whoever_asks_is_told_when_the_next_night_is_due()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var due = new DateTime(2031, 3, 2, 1, 30, 0, DateTimeKind.Utc);
        await new ScheduleStore(fixture.Database.DataSource, (_, _) => due).SetAsync("nightly", "0 30 1 * * ?", cancellation);
        // Other schedules are nobody's night.
        await new ScheduleStore(fixture.Database.DataSource, (_, _) => due.AddYears(-1)).SetAsync("upkeep", "0 45 * * * ?", cancellation);

        (await NextRunAsync("/api/v1/enrichment/dashboard/overview")).ShouldBe(due);
        (await NextRunAsync("/api/v1/enrichment/dashboard/health", "scheduler")).ShouldBe(due);
        (await NextRunAsync("/api/v1/status", "scheduler")).ShouldBe(due);
        var paused = await fixture.Operator.PostAsync("/api/v1/enrichment/pause").JsonAsync();
        paused.GetProperty("next_run").GetDateTime().ShouldBe(due);
        await using var connection = await fixture.Database.DataSource.OpenConnectionAsync(cancellation);
        (await connection.QueryAsync<DateTime>("SELECT (payload ->> 'next_run')::timestamptz FROM events WHERE kind = 'scheduler'"))
            .ShouldAllBe(told => told == due);
    }

    private async Task<DateTime> NextRunAsync(string path, params string[] within)
    {
        var answer = await fixture.Stranger.FetchAsync(path).JsonAsync();
        return within.Aggregate(answer, (part, name) => part.GetProperty(name)).GetProperty("next_run").GetDateTime();
    }
}
