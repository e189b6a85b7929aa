using System.Globalization;

namespace MarketData.Web.Api;

/// <summary>Runs, jobs, the scheduler and what they say of the system's state.</summary>
public sealed class EnrichmentClient(ApiConnection api)
{
    private const string Root = "api/v1/enrichment";

    /// <summary>The state of enrichment at a glance.</summary>
    public Task<Overview> GetOverviewAsync(CancellationToken cancellationToken) =>
        api.GetAsync<Overview>($"{Root}/dashboard/overview", cancellationToken);

    /// <summary>Pipeline metrics over a window such as <c>24h</c> or <c>7d</c>.</summary>
    public Task<PipelineMetrics> GetMetricsAsync(string window, CancellationToken cancellationToken) =>
        api.GetAsync<PipelineMetrics>($"{Root}/dashboard/metrics{UrlQuery.Of(("window", window))}", cancellationToken);

    /// <summary>Pipeline metrics over time.</summary>
    public Task<MetricSeries> GetMetricSeriesAsync(string window, CancellationToken cancellationToken) =>
        api.GetAsync<MetricSeries>($"{Root}/dashboard/metrics/series{UrlQuery.Of(("window", window))}", cancellationToken);

    /// <summary>How far providers differ, over the last 90 days.</summary>
    public Task<CrossCheckReport> GetCrossCheckAsync(CancellationToken cancellationToken) =>
        api.GetAsync<CrossCheckReport>("api/v1/data/quality/cross-check", cancellationToken);

    /// <summary>Health of scheduler, database, providers and symbols.</summary>
    public Task<Health> GetHealthAsync(CancellationToken cancellationToken) =>
        api.GetAsync<Health>($"{Root}/dashboard/health", cancellationToken);

    /// <summary>What about symbols somebody should look at; of one symbol, or the newest of all.</summary>
    public Task<SymbolsToLookAt> GetAttentionAsync(string? symbol, CancellationToken cancellationToken) =>
        api.GetAsync<SymbolsToLookAt>($"{Root}/dashboard/attention{UrlQuery.Of(("symbol", symbol))}", cancellationToken);

    /// <summary>Where one symbol stands.</summary>
    public Task<JobStatus> GetJobStatusAsync(string symbol, CancellationToken cancellationToken) =>
        api.GetAsync<JobStatus>($"{Root}/dashboard/job-status/{Uri.EscapeDataString(symbol)}", cancellationToken);

    /// <summary>The last changes of providers' circuits, newest first.</summary>
    public async Task<IReadOnlyList<CircuitTransition>> GetCircuitHistoryAsync(CancellationToken cancellationToken) =>
        (await api.GetAsync<Page<CircuitTransition>>($"{Root}/dashboard/circuits", cancellationToken)).Items;

    /// <summary>Runs, newest first.</summary>
    public Task<Page<Run>> GetRunsAsync(RunFilter filter, CancellationToken cancellationToken) =>
        api.GetAsync<Page<Run>>(
            $"{Root}/history" + UrlQuery.Of(
                ("success", filter.Success is { } success ? success ? "true" : "false" : null),
                ("symbol", filter.Symbol),
                ("from", Instant(filter.From)),
                ("cursor", filter.Cursor),
                ("limit", Number(filter.Limit))),
            cancellationToken);

    /// <summary>A run with its symbols.</summary>
    public Task<RunDetail> GetRunAsync(Guid run, CancellationToken cancellationToken) =>
        api.GetAsync<RunDetail>($"{Root}/runs/{run}", cancellationToken);

    /// <summary>Jobs, newest first.</summary>
    public Task<Page<Job>> GetJobsAsync(JobFilter filter, CancellationToken cancellationToken) =>
        api.GetAsync<Page<Job>>(
            $"{Root}/jobs" + UrlQuery.Of(
                ("status", filter.Status),
                ("symbol", filter.Symbol),
                ("min_attempts", Number(filter.MinimumAttempts)),
                ("longer_than_seconds", Number(filter.LongerThanSeconds)),
                ("from", Instant(filter.From)),
                ("cursor", filter.Cursor),
                ("limit", Number(filter.Limit))),
            cancellationToken);

    /// <summary>A job with its attempts.</summary>
    public Task<JobDetail> GetJobAsync(long job, CancellationToken cancellationToken) =>
        api.GetAsync<JobDetail>($"{Root}/jobs/{job}", cancellationToken);

    /// <summary>Asks for a run.</summary>
    public Task<TriggerAccepted> TriggerAsync(TriggerRequest request, CancellationToken cancellationToken) =>
        api.SendAsync<TriggerAccepted>(HttpMethod.Post, $"{Root}/trigger", request, cancellationToken);

    /// <summary>Asks again for the symbols that failed: of one run, or of all whose last job failed.</summary>
    public Task<TriggerAccepted> RetryFailedAsync(Guid? run, CancellationToken cancellationToken) =>
        api.SendAsync<TriggerAccepted>(
            HttpMethod.Post, $"{Root}/retry-failed{UrlQuery.Of(("job_id", run?.ToString()))}", null, cancellationToken);

    /// <summary>Cancels what is still queued of a run.</summary>
    public Task<RunCancelled> CancelAsync(Guid run, CancellationToken cancellationToken) =>
        api.SendAsync<RunCancelled>(HttpMethod.Delete, $"{Root}/runs/{run}", null, cancellationToken);

    /// <summary>Stops new work in the whole cluster; what runs, finishes.</summary>
    public Task<SchedulerState> PauseAsync(CancellationToken cancellationToken) =>
        api.SendAsync<SchedulerState>(HttpMethod.Post, $"{Root}/pause", null, cancellationToken);

    /// <summary>Lets the cluster work again, on what came due first.</summary>
    public Task<SchedulerState> ResumeAsync(CancellationToken cancellationToken) =>
        api.SendAsync<SchedulerState>(HttpMethod.Post, $"{Root}/resume", null, cancellationToken);

    private static string? Instant(DateTimeOffset? value) =>
        value?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string? Number(int? value) => value?.ToString(CultureInfo.InvariantCulture);
}
