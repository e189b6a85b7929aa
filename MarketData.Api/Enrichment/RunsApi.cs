using MarketData.Api.Errors;
using MarketData.Api.Requests;
using MarketData.Api.Security;
using MarketData.Storage.Dashboard;
using MarketData.Storage.Enrichment;
using MarketData.Storage.Writes;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace MarketData.Api.Enrichment;

/// <summary>Runs and their jobs: <c>/api/v1/enrichment/history</c>, <c>/runs</c> and <c>/jobs</c>.</summary>
public static class RunsApi
{
    /// <summary>Maps the endpoints.</summary>
    public static RouteGroupBuilder MapRuns(this RouteGroupBuilder group)
    {
        group.MapGet("/history", GetHistory).WithName("GetHistory").WithSummary("Runs, newest first");
        group.MapGet("/runs/{job_id}", GetRun).MayFailWith(ProblemCodes.RunNotFound).WithName("GetRun").WithSummary("A run with its symbols");
        group.MapDelete("/runs/{job_id}", CancelRun).RequireScope(Scopes.Enrich).MayFailWith(ProblemCodes.RunNotFound).WithName("CancelRun")
            .WithSummary("Cancel what is still queued of a run");
        group.MapGet("/jobs", GetJobs).WithName("GetJobs").WithSummary("Search the jobs of all runs, newest first");
        group.MapGet("/jobs/{id}", GetJob).MayFailWith(ProblemCodes.JobNotFound).WithName("GetJob")
            .WithSummary("A job with its attempts, their steps, and what was asked of providers");
        return group;
    }

    private static async Task<Ok<RunPage>> GetHistory(
        [AsParameters] HistoryQuery query, HttpRequest request, RunReader reader, CancellationToken cancellationToken)
    {
        var filter = new RunFilter
        {
            Success = query.Success,
            Symbol = query.Symbol?.ToUpperInvariant(),
            From = query.From?.Utc,
            To = query.To?.End,
            Before = query.Cursor is { } cursor ? (cursor.At, cursor.Id) : null,
        };
        var (rows, total) = await reader.ReadPageAsync(filter, query.Limit + 1, cancellationToken);
        IReadOnlyList<RunSummary> items = [.. rows.Take(query.Limit)];
        var next = rows.Count > query.Limit ? new TimeCursor(items[^1].CreatedAt, items[^1].JobId, CursorQuery.Of(request)).ToString() : null;
        return TypedResults.Ok(new RunPage(items, next, total));
    }

    private static async Task<Results<Ok<RunDetail>, ProblemHttpResult>> GetRun(
        [FromRoute(Name = "job_id"), Description("The run.")] Guid jobId, RunReader runs, DatabaseWrites writes, CancellationToken cancellationToken)
    {
        if (await runs.ReadWithJobsAsync(jobId, cancellationToken) is not var (run, left, jobs))
            return NoSuchRun(jobId);
        return TypedResults.Ok(new RunDetail(run, RunProgress.Of(run, left, writes.Trouble is null), jobs));
    }

    private static async Task<Results<Ok<RunCancelled>, ProblemHttpResult>> CancelRun(
        [FromRoute(Name = "job_id"), Description("The run.")] Guid jobId,
        HttpContext context,
        RunStore store,
        RunReader runs,
        CancellationToken cancellationToken)
    {
        if (await store.CancelAsync(jobId, cancellationToken) is not var (cancelled, stillRunning)
            || await runs.ReadAsync(jobId, cancellationToken) is not { } run)
            return NoSuchRun(jobId);
        context.Note($"run {jobId}: {cancelled} symbols cancelled, {stillRunning} still running");
        return TypedResults.Ok(new RunCancelled(jobId, run.Status, cancelled, stillRunning));
    }

    private static async Task<Ok<JobPage>> GetJobs(
        [AsParameters] JobsQuery query, HttpRequest request, JobReader reader, CancellationToken cancellationToken)
    {
        var filter = new JobFilter
        {
            Status = query.Status?.ToLowerInvariant(),
            Symbol = query.Symbol?.ToUpperInvariant(),
            JobId = query.JobId,
            MinAttempts = query.MinAttempts,
            LongerThanSeconds = query.LongerThanSeconds,
            From = query.From?.Utc,
            To = query.To?.End,
            BeforeId = query.Cursor?.Number,
        };
        var (rows, total) = await reader.ReadPageAsync(filter, query.Limit + 1, cancellationToken);
        IReadOnlyList<JobSummary> items = [.. rows.Take(query.Limit)];
        var next = rows.Count > query.Limit ? new NumberCursor(items[^1].Id, CursorQuery.Of(request)).ToString() : null;
        return TypedResults.Ok(new JobPage(items, next, Math.Min(total, JobReader.CountLimit), total > JobReader.CountLimit));
    }

    private static async Task<Results<Ok<JobDetail>, ProblemHttpResult>> GetJob(
        [Range(typeof(long), "1", "9223372036854775807", ErrorMessage = "must be a whole number from 1."), Description("The job's own number.")]
        long id,
        JobReader reader,
        CancellationToken cancellationToken)
    {
        if (await reader.ReadAsync(id, cancellationToken) is not { } job)
            return Problems.Of(ProblemCodes.JobNotFound, $"There is no job {id}.");
        var attempts = await reader.ReadAttemptsAsync(id, cancellationToken);
        return TypedResults.Ok(new JobDetail(job, attempts, await reader.ReadRequestsAsync(job.JobId, job.Symbol, cancellationToken)));
    }

    private static ProblemHttpResult NoSuchRun(Guid id) => Problems.Of(ProblemCodes.RunNotFound, $"There is no run {id}.");
}
