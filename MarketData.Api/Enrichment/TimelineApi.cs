using MarketData.Api.Errors;
using MarketData.Api.Requests;
using MarketData.Api.Security;
using MarketData.Storage.Dashboard;
using MarketData.Storage.Enrichment;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketData.Api.Enrichment;

/// <summary>Runs by day and over time, and one job of a run: what was logged of it, and how to cancel it alone.</summary>
public static class TimelineApi
{
    private const int UsualDays = 91;

    // Some more than a year, as long as runs are kept.
    private const int MostDays = 400;

    private static readonly string[] Levels = ["debug", "information", "warning", "error"];

    /// <summary>Maps the endpoints.</summary>
    public static RouteGroupBuilder MapTimelines(this RouteGroupBuilder group)
    {
        group.MapGet("/history/days", GetDays).WithName("GetRunDays").WithSummary("The days with runs, and how each went");
        group.MapGet("/runs/{job_id}/timeline", GetTimeline).MayFailWith(ProblemCodes.RunNotFound)
            .WithName("GetRunTimeline").WithSummary("A run over time: waiting, attempts and steps by symbol");
        group.MapDelete("/jobs/{id}", CancelJob).RequireScope(Scopes.Enrich).MayFailWith(ProblemCodes.JobNotFound)
            .WithName("CancelJob").WithSummary("Cancel one symbol of a run");
        group.MapGet("/jobs/{id}/log", GetLog).MayFailWith(ProblemCodes.JobNotFound)
            .WithName("GetJobLog").WithSummary("What was logged while a job was worked on");
        return group;
    }

    private static async Task<Results<Ok<RunDays>, ProblemHttpResult>> GetDays(
        [AsParameters] RunDaysQuery query, RunReader reader, TimeProvider time, CancellationToken cancellationToken)
    {
        var last = query.To?.LastDate ?? DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var first = query.From is { } from ? DateOnly.FromDateTime(from.Utc) : last.AddDays(1 - UsualDays);
        if (first > last)
            return Problems.Invalid("from", "'from' must not be after 'to'.");
        if (last.DayNumber - first.DayNumber >= MostDays)
            return Problems.Invalid("from", $"'from' must lie within {MostDays} days of 'to'.");
        return TypedResults.Ok(new RunDays(first, last, await reader.ReadDaysAsync(first, last, cancellationToken)));
    }

    private static async Task<Results<Ok<RunTimeline>, ProblemHttpResult>> GetTimeline(
        [AsParameters] TimelineQuery query, RunReader runs, JobReader jobs, TimeProvider time, CancellationToken cancellationToken)
    {
        if (await runs.ReadAsync(query.JobId, cancellationToken) is not { } run)
            return Problems.Of(ProblemCodes.RunNotFound, $"There is no run {query.JobId}.");
        var asked = await runs.ReadAskedAsync(query.JobId, cancellationToken);
        var (items, total) = await jobs.ReadTimelineAsync(query.JobId, query.Status?.ToLowerInvariant(), query.Limit, cancellationToken);
        return TypedResults.Ok(new RunTimeline(
            query.JobId, asked, run.CreatedAt, run.CompletedAt, time.GetUtcNow().UtcDateTime, items, total));
    }

    private static async Task<Results<Ok<JobCancelled>, ProblemHttpResult>> CancelJob(
        [Range(typeof(long), "1", "9223372036854775807", ErrorMessage = "must be a whole number from 1."), Description("The job's own number.")]
        long id,
        HttpContext context,
        RunStore runs,
        CancellationToken cancellationToken)
    {
        if (await runs.CancelJobAsync(id, cancellationToken) is not { } job)
            return NoSuchJob(id);
        context.Note($"{job.Symbol} in run {job.JobId}: {(job.Status == "running" ? "is broken off" : job.Status)}");
        return TypedResults.Ok(new JobCancelled(job.Id, job.JobId, job.Symbol, job.Status));
    }

    private static async Task<Results<Ok<JobLogPage>, ProblemHttpResult>> GetLog(
        [AsParameters] JobLogQuery query, HttpRequest request, JobReader reader, CancellationToken cancellationToken)
    {
        if (await reader.ReadAsync(query.Id, cancellationToken) is null)
            return NoSuchJob(query.Id);
        var levels = Levels[Math.Max(0, Array.IndexOf(Levels, query.Level?.ToLowerInvariant()))..];
        var rows = await reader.ReadLogAsync(query.Id, levels, query.Cursor?.Number ?? 0, query.Limit + 1, cancellationToken);
        IReadOnlyList<JobLogEntry> items = [.. rows.Take(query.Limit)];
        var next = rows.Count > query.Limit ? new NumberCursor(items[^1].Id, CursorQuery.Of(request)).ToString() : null;
        return TypedResults.Ok(new JobLogPage(items, next));
    }

    private static ProblemHttpResult NoSuchJob(long id) => Problems.Of(ProblemCodes.JobNotFound, $"There is no job {id}.");
}
