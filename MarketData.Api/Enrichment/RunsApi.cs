using MarketData.Api.Errors;
using MarketData.Api.Requests;
using MarketData.Api.Security;
using MarketData.Storage.Dashboard;
using MarketData.Storage.Enrichment;
using Microsoft.AspNetCore.Http.HttpResults;
using static MarketData.Api.Requests.Parameters;

namespace MarketData.Api.Enrichment;

/// <summary>Runs and their jobs: <c>/api/v1/enrichment/history</c>, <c>/runs</c> and <c>/jobs</c>.</summary>
public static class RunsApi
{
    private static readonly RequestParameter<Guid> RunId = RouteId("job_id", "The run.");
    private static readonly RequestParameter<long> JobNumber = RouteNumber("id", "The job's own number.");
    private static readonly RequestParameter<int?> HistoryLimit = Integer("limit", "Runs on a page.", 1, 500, 50);
    private static readonly RequestParameter<int?> JobLimit = Integer("limit", "Jobs on a page.", 1, 500, 50);
    private static readonly RequestParameter<bool?> Success = Flag("success", "Only runs without a failed symbol (true), or only those with one (false).");
    private static readonly RequestParameter<string?> OneSymbol = Text("symbol", "Only runs or jobs with this symbol, in any case.", 20);
    private static readonly RequestParameter<DateTime?> From = Instant("from", "Only what was put on record at or after this instant.");
    private static readonly RequestParameter<DateTime?> To = Instant("to", "Only what was put on record before this instant.");
    private static readonly RequestParameter<string?> State = OneOf(
        "status", "Only jobs in this state; `open` is queued, running and retrying together.",
        ["queued", "running", "retrying", "succeeded", "failed", "cancelled", "open"]);

    private static readonly RequestParameter<Guid?> OfRun = Id("job_id", "Only jobs of this run.");
    private static readonly RequestParameter<int?> MinAttempts = Integer("min_attempts", "Only jobs that began at least so many attempts.", 1, 100);
    private static readonly RequestParameter<int?> LongerThan = Integer("longer_than_seconds", "Only jobs that were worked on for longer.", 0, 1_000_000);

    /// <summary>Maps the endpoints.</summary>
    public static RouteGroupBuilder MapRuns(this RouteGroupBuilder group)
    {
        group.MapGet("/history", GetHistory).Takes(HistoryLimit, PageCursors.ByTime, Success, OneSymbol, From, To).WithName("GetHistory").WithSummary("Runs, newest first");
        group.MapGet("/runs/{job_id}", GetRun).Takes(RunId).ProducesProblem(404).WithName("GetRun").WithSummary("A run with its symbols");
        group.MapDelete("/runs/{job_id}", CancelRun).Takes(RunId).ProducesProblem(404).RequireScope(Scopes.Enrich).WithName("CancelRun").WithSummary("Cancel what is still queued of a run");
        group.MapGet("/jobs", GetJobs).Takes(State, OneSymbol, OfRun, MinAttempts, LongerThan, From, To, JobLimit, PageCursors.ByNumber).WithName("GetJobs").WithSummary("Search the jobs of all runs, newest first");
        group.MapGet("/jobs/{id}", GetJob).Takes(JobNumber).ProducesProblem(404).WithName("GetJob").WithSummary("A job with its attempts and their steps");
        return group;
    }

    private static async Task<Ok<RunPage>> GetHistory(RequestValues request, RunReader reader, CancellationToken cancellationToken)
    {
        var limit = request.Get(HistoryLimit)!.Value;
        var filter = new RunFilter
        {
            Success = request.Get(Success),
            Symbol = request.Get(OneSymbol)?.ToUpperInvariant(),
            From = request.Get(From),
            To = request.Get(To),
            Before = request.Get(PageCursors.ByTime),
        };
        var (rows, total) = await reader.ReadPageAsync(filter, limit + 1, cancellationToken);
        IReadOnlyList<RunSummary> items = [.. rows.Take(limit)];
        return TypedResults.Ok(new RunPage
        {
            Items = items,
            NextCursor = rows.Count > limit ? PageCursors.After(items[^1].CreatedAt, items[^1].JobId) : null,
            Total = total,
        });
    }

    private static async Task<Results<Ok<RunDetail>, ProblemHttpResult>> GetRun(
        RequestValues request, RunReader runs, JobReader jobs, TimeProvider time, CancellationToken cancellationToken)
    {
        var id = request.Get(RunId);
        if (await runs.ReadAsync(id, cancellationToken) is not { } run)
            return NoSuchRun(id);
        var isOpen = run.CompletedAt is null;
        var stuck = isOpen && !await runs.IsAnyNodeAliveAsync(cancellationToken);
        return TypedResults.Ok(RunDetail.From(run, stuck, await jobs.ReadRunAsync(id, cancellationToken), time.GetUtcNow().UtcDateTime));
    }

    private static async Task<Results<Ok<RunCancelled>, ProblemHttpResult>> CancelRun(
        RequestValues request, RunStore store, RunReader runs, JobReader jobs, CancellationToken cancellationToken)
    {
        var id = request.Get(RunId);
        if (await store.CancelAsync(id, cancellationToken) is not { } cancelled || await runs.ReadAsync(id, cancellationToken) is not { } run)
            return NoSuchRun(id);
        var running = new JobFilter { JobId = id, Status = "running" };
        return TypedResults.Ok(new RunCancelled
        {
            JobId = id,
            Status = run.Status,
            SymbolsCancelled = cancelled,
            StillRunning = (int)(await jobs.ReadPageAsync(running, 1, cancellationToken)).Total,
        });
    }

    private static async Task<Ok<JobPage>> GetJobs(RequestValues request, JobReader reader, CancellationToken cancellationToken)
    {
        var limit = request.Get(JobLimit)!.Value;
        var filter = new JobFilter
        {
            Status = request.Get(State),
            Symbol = request.Get(OneSymbol)?.ToUpperInvariant(),
            JobId = request.Get(OfRun),
            MinAttempts = request.Get(MinAttempts),
            LongerThanSeconds = request.Get(LongerThan),
            From = request.Get(From),
            To = request.Get(To),
            BeforeId = request.Get(PageCursors.ByNumber),
        };
        var (rows, total) = await reader.ReadPageAsync(filter, limit + 1, cancellationToken);
        IReadOnlyList<JobSummary> items = [.. rows.Take(limit)];
        return TypedResults.Ok(new JobPage
        {
            Items = items,
            NextCursor = rows.Count > limit ? PageCursors.After(items[^1].Id) : null,
            Total = Math.Min(total, JobReader.CountLimit),
            TotalIsMinimum = total > JobReader.CountLimit,
        });
    }

    private static async Task<Results<Ok<JobDetail>, ProblemHttpResult>> GetJob(RequestValues request, JobReader reader, CancellationToken cancellationToken)
    {
        var id = request.Get(JobNumber);
        return await reader.ReadAsync(id, cancellationToken) is { } job
            ? TypedResults.Ok(new JobDetail { Job = job, Attempts = await reader.ReadAttemptsAsync(id, cancellationToken) })
            : Problems.NotFound($"There is no job {id}.");
    }

    private static ProblemHttpResult NoSuchRun(Guid id) => Problems.NotFound($"There is no run {id}.");
}
