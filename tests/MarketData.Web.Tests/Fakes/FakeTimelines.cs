using MarketData.Web.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace MarketData.Web.Tests.Fakes;

/// <summary>Runs over time, the days of runs, and the log of a job, as the Api tells them.</summary>
internal static class FakeTimelines
{
    public const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";

    public static void Map(IEndpointRouteBuilder api, FakeApi fake)
    {
        api.MapGet("/history/days", (DateOnly from, DateOnly to) => new RunDays(
            from, to, [.. fake.World.Runs.GroupBy(Day).Where(day => day.Key >= from && day.Key <= to).OrderBy(day => day.Key).Select(Describe)]));
        api.MapGet("/runs/{id:guid}/timeline", (Guid id, string? status, int? limit) =>
        {
            var run = fake.World.Runs.First(one => one.JobId == id);
            var jobs = fake.World.Jobs.Where(job => job.JobId == id && (status is null || job.Status == status)).ToList();
            return new RunTimeline(
                id, new(false, null, ["1d", "1h"], null, null, []), Begin(jobs, run), run.CompletedAt, fake.World.Now, [.. jobs.Take(limit ?? 100).Select(Detail)], jobs.Count);
        });
        api.MapDelete("/jobs/{id:long}", (long id) =>
        {
            var at = fake.World.Jobs.FindIndex(job => job.Id == id);
            var job = fake.World.Jobs[at];
            fake.World.Jobs[at] = job.Status == "running" ? job with { StopRequested = true } : job with { Status = "cancelled", CompletedAt = fake.World.Now };
            fake.Publish("job", new { id, job_id = job.JobId, symbol = job.Symbol });
            return new JobCancelled(id, job.JobId, job.Symbol, fake.World.Jobs[at].Status);
        });
        api.MapGet("/jobs/{id:long}/log", (long id, string? level) => new JobLogPage(
            [.. Lines(fake.World).Where(line => level is null or "debug" || line.Level is "warning" or "error")], null));
    }

    /// <summary>A job's steps and calls: each attempt but the last failed at its first call.</summary>
    public static JobDetail Detail(Job job)
    {
        var attempts = new List<JobAttempt>();
        var calls = new List<JobRequest>();
        for (var number = 1; number <= job.Attempt; number++)
        {
            var begin = job.QueuedAt.AddSeconds(number * 3);
            var isLast = number == job.Attempt && job.Status is "running" or "succeeded";
            calls.Add(new("polygon", number, "1d", "GET", $"https://api.example/v2/{job.Symbol}", isLast ? 200 : 503, isLast ? null : "transient", isLast ? null : "HTTP 503", 4_120, begin.AddMilliseconds(10), 640));
            var steps = isLast
                ? [Step("fetch", begin, 700, "succeeded", "polygon", 252), Step("store", begin.AddMilliseconds(720), 300, "succeeded", null, 3)]
                : new List<StepTiming> { Step("fetch", begin, 700, "failed", "polygon", null) with { Message = "polygon: HTTP 503" } };
            attempts.Add(new(number, "node-a", begin, isLast && job.Status == "running" ? null : begin.AddSeconds(1.2), isLast ? job.Status == "running" ? null : "succeeded" : "failed", steps, isLast ? null : "HTTP 503 from polygon", Trace));
        }

        return new(job, attempts, calls);
    }

    private static StepTiming Step(string step, DateTimeOffset at, double ms, string outcome, string? provider, long? candles) =>
        new(step, "1d", ms, at, at.AddMilliseconds(ms), 1, provider, candles, outcome, null);

    private static DateTimeOffset Begin(List<Job> jobs, Run run) => jobs.Count > 0 ? jobs.Min(job => job.QueuedAt) : run.CreatedAt;

    private static DateOnly Day(Run run) => DateOnly.FromDateTime(run.CreatedAt.UtcDateTime);

    private static RunDay Describe(IGrouping<DateOnly, Run> day)
    {
        var run = day.First();
        return new(day.Key, day.Count(), day.Sum(one => one.SymbolsFailed), run.JobId, run.Trigger, run.Status, run.SymbolsTotal, run.SymbolsSuccessful);
    }

    private static JobLogEntry[] Lines(FakeWorld world) =>
    [
        new(1, world.Now.AddSeconds(-9), 1, "node-a", "debug", "Attempt 1 of 4 begins: 1d", null),
        new(2, world.Now.AddSeconds(-7), 1, "node-a", "warning", "It is tried again in 2 s", "HttpRequestException: HTTP 503"),
        new(3, world.Now.AddSeconds(-3), 2, "node-a", "debug", "1d fetch succeeded in 84 ms", null),
    ];
}
