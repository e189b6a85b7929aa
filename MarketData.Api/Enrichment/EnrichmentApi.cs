using MarketData.Api.Requests;
using MarketData.Api.Security;
using Microsoft.AspNetCore.Http.HttpResults;
using static MarketData.Api.Requests.Parameters;

namespace MarketData.Api.Enrichment;

/// <summary>Seeing and steering enrichment: <c>/api/v1/enrichment</c>.</summary>
public static class EnrichmentApi
{
    private static readonly RequestParameter<Window> MetricsWindow = Window("24h");
    private static readonly RequestParameter<Guid> RunId = RouteId("job_id", "The run.");
    private static readonly RequestParameter<long> JobNumber = RouteNumber("id", "The job's own number.");
    private static readonly RequestParameter<int?> HistoryLimit = Integer("limit", "Runs on a page.", 1, 500, 50);
    private static readonly RequestParameter<int?> JobLimit = Integer("limit", "Jobs on a page.", 1, 500, 50);
    private static readonly RequestParameter<bool?> Success = Flag("success", "Only runs without a failed symbol (true), or only those with one (false).");
    private static readonly RequestParameter<string?> OneSymbol = Text("symbol", "Only runs or jobs with this symbol.", 20);
    private static readonly RequestParameter<DateTime?> From = Instant("from", "Only what was put on record at or after this instant.");
    private static readonly RequestParameter<DateTime?> To = Instant("to", "Only what was put on record before this instant.");
    private static readonly RequestParameter<string?> State = OneOf(
        "status", "Only jobs in this state; `open` is queued, running and retrying together.",
        ["queued", "running", "retrying", "succeeded", "failed", "cancelled", "open"]);

    private static readonly RequestParameter<Guid?> OfRun = Id("job_id", "Only jobs of this run.");
    private static readonly RequestParameter<int?> MinAttempts = Integer("min_attempts", "Only jobs that began at least so many attempts.", 1, 100);
    private static readonly RequestParameter<int?> LongerThan = Integer("longer_than_seconds", "Only jobs that were worked on for longer.", 0, 1_000_000);
    private static readonly RequestParameter<string?> Provider = OneOf("provider", "Only this provider.", ["polygon", "binance", "yahoo"]);
    private static readonly RequestParameter<int?> ChangeLimit = Integer("limit", "Changes to list.", 1, 1000, 100);

    /// <summary>Maps the endpoints.</summary>
    public static RouteGroupBuilder MapEnrichment(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/enrichment").WithTags("Enrichment");

        group.MapGet("/dashboard/overview", GetOverview).WithName("GetOverview").WithSummary("The state of enrichment at a glance");
        group.MapGet("/dashboard/metrics", GetMetrics).Takes(MetricsWindow).WithName("GetMetrics").WithSummary("Fetching, computing and quality over a window");
        group.MapGet("/dashboard/metrics/series", GetMetricSeries).Takes(MetricsWindow).WithName("GetMetricSeries").WithSummary("The same over time, by provider and interval");
        group.MapGet("/dashboard/health", GetHealth).WithName("GetHealth").WithSummary("The health of the whole and of each part");
        group.MapGet("/dashboard/circuits", GetCircuits).Takes(Provider, ChangeLimit).WithName("GetCircuits").WithSummary("How providers' circuits changed");
        group.MapGet("/dashboard/job-status/{symbol}", GetJobStatus).Takes(RouteSymbol).WithName("GetJobStatus").WithSummary("One symbol's enrichment");

        group.MapGet("/history", GetHistory).Takes(HistoryLimit, PageCursor, Success, OneSymbol, From, To).WithName("GetHistory").WithSummary("Runs, newest first");
        group.MapGet("/runs/{job_id}", GetRun).Takes(RunId).WithName("GetRun").WithSummary("A run with its symbols");
        group.MapDelete("/runs/{job_id}", CancelRun).Takes(RunId).RequireScope(Scopes.Enrich).WithName("CancelRun").WithSummary("Cancel what is still queued of a run");
        group.MapGet("/jobs", GetJobs).Takes(State, OneSymbol, OfRun, MinAttempts, LongerThan, From, To, JobLimit, PageCursor).WithName("GetJobs").WithSummary("Search the jobs of all runs, newest first");
        group.MapGet("/jobs/{id}", GetJob).Takes(JobNumber).WithName("GetJob").WithSummary("A job with its attempts and their steps");

        group.MapPost("/trigger", Trigger).Takes(ManySymbols, OptionalAssetClass, ManyTimeframes).RequireScope(Scopes.Enrich).WithName("Trigger").WithSummary("Enrich now, or backfill a range");
        group.MapPost("/retry-failed", RetryFailed).Takes(OfRun).RequireScope(Scopes.Enrich).WithName("RetryFailed").WithSummary("Try failed symbols again");
        group.MapPost("/pause", Pause).RequireScope(Scopes.Enrich).WithName("Pause").WithSummary("Hold back new jobs, on every node");
        group.MapPost("/resume", Resume).RequireScope(Scopes.Enrich).WithName("Resume").WithSummary("Go on with what is due");
        group.MapGet("/pause", Pause).RequireScope(Scopes.Enrich).WithName("PauseByGet").WithSummary("Pause, as older clients call it");
        group.MapGet("/resume", Resume).RequireScope(Scopes.Enrich).WithName("ResumeByGet").WithSummary("Resume, as older clients call it");
        return api;
    }

    private static Task<Results<Ok<Overview>, ProblemHttpResult>> GetOverview() => throw new NotSupportedException();

    private static Task<Results<Ok<DashboardMetrics>, ProblemHttpResult>> GetMetrics(RequestValues request) => throw new NotSupportedException();

    private static Task<Results<Ok<MetricSeries>, ProblemHttpResult>> GetMetricSeries(RequestValues request) => throw new NotSupportedException();

    private static Task<Results<Ok<DashboardHealth>, ProblemHttpResult>> GetHealth() => throw new NotSupportedException();

    private static Task<Results<Ok<CircuitHistory>, ProblemHttpResult>> GetCircuits(RequestValues request) => throw new NotSupportedException();

    private static Task<Results<Ok<JobStatus>, ProblemHttpResult>> GetJobStatus(RequestValues request) => throw new NotSupportedException();

    private static Task<Results<Ok<RunPage>, ProblemHttpResult>> GetHistory(RequestValues request) => throw new NotSupportedException();

    private static Task<Results<Ok<RunDetail>, ProblemHttpResult>> GetRun(RequestValues request) => throw new NotSupportedException();

    private static Task<Results<Ok<RunCancelled>, ProblemHttpResult>> CancelRun(RequestValues request) => throw new NotSupportedException();

    private static Task<Results<Ok<JobPage>, ProblemHttpResult>> GetJobs(RequestValues request) => throw new NotSupportedException();

    private static Task<Results<Ok<JobDetail>, ProblemHttpResult>> GetJob(RequestValues request) => throw new NotSupportedException();

    private static Task<Results<Accepted<TriggerAccepted>, ProblemHttpResult>> Trigger(RequestValues request, JsonBody<TriggerRequest> body) => throw new NotSupportedException();

    private static Task<Results<Accepted<TriggerAccepted>, ProblemHttpResult>> RetryFailed(RequestValues request) => throw new NotSupportedException();

    private static Task<Ok<SchedulerState>> Pause() => throw new NotSupportedException();

    private static Task<Ok<SchedulerState>> Resume() => throw new NotSupportedException();
}
