using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using MarketData.Storage.Dashboard;

namespace MarketData.Api.Enrichment;

/// <summary>The state of enrichment at a glance.</summary>
/// <param name="SchedulerStatus"><c>running</c>, <c>paused</c>, or <c>stopped</c>: no live node.</param>
/// <param name="LastRun">When the last run began, UTC.</param>
/// <param name="NextRun">When the next nightly run is due, UTC.</param>
/// <param name="LastRunResult">The last run that ended.</param>
/// <param name="CurrentRun">The run that is under way.</param>
/// <param name="SuccessRate">Symbols enriched ÷ symbols tried over the last 30 runs, 0 to 1; null when there was no run.</param>
/// <param name="SymbolsEnriched">Active symbols that have been enriched at least once.</param>
/// <param name="TotalSymbols">Active symbols.</param>
/// <param name="AvgEnrichmentTimeSeconds">Mean time worked on a symbol over the last 500 jobs.</param>
/// <param name="Last24h">What the last 24 hours brought.</param>
/// <param name="JobQueue">Up to 20 jobs: running first, then the next due.</param>
/// <param name="QueueDepth">Jobs that wait, retries included.</param>
/// <param name="Running">Jobs being worked on.</param>
/// <param name="Nodes">Live enrichment nodes.</param>
public sealed record Overview(
    string SchedulerStatus, DateTime? LastRun, DateTime? NextRun, RunSummary? LastRunResult, RunProgress? CurrentRun, double? SuccessRate,
    long SymbolsEnriched, long TotalSymbols, double? AvgEnrichmentTimeSeconds, [property: JsonPropertyName("last_24h")] DayTotals Last24h,
    IReadOnlyList<QueuedJob> JobQueue, long QueueDepth, long Running, long Nodes)
{
    internal static Overview From(OverviewRows rows, bool takesWrites) => new(
        SchedulerStatus: rows.Scheduler.Status,
        LastRun: rows.Scheduler.LastRun,
        NextRun: rows.Scheduler.NextRun,
        LastRunResult: rows.LastEnded,
        CurrentRun: rows is { Current: { } current, Left: { } left } ? RunProgress.Of(current, left, takesWrites) : null,
        SuccessRate: rows.SuccessRate,
        SymbolsEnriched: rows.Symbols.Enriched,
        TotalSymbols: rows.Symbols.Total,
        AvgEnrichmentTimeSeconds: rows.AvgEnrichmentTimeSeconds,
        Last24h: rows.LastDay,
        JobQueue: rows.Queue,
        QueueDepth: rows.Depth.Waiting,
        Running: rows.Depth.Running,
        Nodes: rows.Scheduler.Nodes);
}

/// <summary>How the pipeline did over a window.</summary>
/// <param name="Window">The window asked for, such as <c>24h</c>.</param>
/// <param name="FetchPipeline">What was asked of providers, and the series fetched.</param>
/// <param name="ComputePipeline">Feature computations.</param>
/// <param name="DataQuality">Data quality.</param>
public sealed record DashboardMetrics(
    string Window, FetchPipeline FetchPipeline, ComputePipeline ComputePipeline, QualityTotals DataQuality);

/// <summary>What was asked of providers over a window, and the series fetched, in all and by provider.</summary>
/// <param name="RequestsSent">Requests sent, as the providers count them: of every kind, each page and each attempt, answered or not.</param>
/// <param name="NotAsked">Requests not made, since a circuit was open.</param>
/// <param name="Total">Series fetched: a symbol's interval, or a portion of it, that a provider was asked for.</param>
/// <param name="Successful">Those that succeeded.</param>
/// <param name="Failed">Those that failed.</param>
/// <param name="SuccessRate">Successful ÷ total, 0 to 1; null when there was none.</param>
/// <param name="AvgResponseTimeMs">Mean response time of a request that was answered, without waits of our own, milliseconds.</param>
/// <param name="P95ResponseTimeMs">Its 95th percentile, to a tenth, milliseconds.</param>
/// <param name="RecordsFetched">Candles fetched.</param>
/// <param name="RecordsInserted">Candles that were new.</param>
/// <param name="BySource">The same by provider.</param>
public sealed record FetchPipeline(
    long RequestsSent, long NotAsked, long Total, long Successful, long Failed, double? SuccessRate, double? AvgResponseTimeMs, double? P95ResponseTimeMs,
    long RecordsFetched, long RecordsInserted, IReadOnlyList<SourceTotals> BySource)
{
    // The row without a source is the total.
    internal static FetchPipeline From(IReadOnlyList<SourceTotals> rows)
    {
        var total = rows.Single(row => row.Source.Length == 0);
        return new(
            total.RequestsSent, total.NotAsked, total.Total, total.Successful, total.Failed, total.SuccessRate, total.AvgResponseTimeMs, total.P95ResponseTimeMs,
            total.RecordsFetched, total.RecordsInserted, [.. rows.Where(row => row.Source.Length > 0)]);
    }
}

/// <summary>Feature computations over a window, in all and by kind.</summary>
/// <param name="Total">Computations made.</param>
/// <param name="Successful">Those that succeeded.</param>
/// <param name="Failed">Those that failed.</param>
/// <param name="SuccessRate">Successful ÷ total, 0 to 1; null when there was none.</param>
/// <param name="AvgComputationTimeMs">Mean time of a computation, milliseconds.</param>
/// <param name="P95ComputationTimeMs">95th percentile of the time of a computation, milliseconds.</param>
/// <param name="FeaturesComputed">Feature values computed.</param>
/// <param name="ByType">The same by kind.</param>
public sealed record ComputePipeline(
    long Total, long Successful, long Failed, double? SuccessRate, double? AvgComputationTimeMs,
    double? P95ComputationTimeMs, long FeaturesComputed, IReadOnlyList<ComputeTypeTotals> ByType)
{
    // The row without a kind is the total.
    internal static ComputePipeline From(IReadOnlyList<ComputeTypeTotals> rows)
    {
        var total = rows.Single(row => row.ComputeType.Length == 0);
        return new(
            total.Total, total.Successful, total.Failed, total.SuccessRate, total.AvgComputationTimeMs, total.P95ComputationTimeMs,
            total.FeaturesComputed, [.. rows.Where(row => row.ComputeType.Length > 0)]);
    }
}

/// <summary>How the pipeline did over time.</summary>
/// <param name="Window">The window asked for, such as <c>24h</c>.</param>
/// <param name="BucketSeconds">Length of each stretch of time, seconds.</param>
/// <param name="Fetch">Fetches by stretch, provider and interval; stretches without any are left out.</param>
/// <param name="Compute">Computations by stretch, kind and interval.</param>
/// <param name="Quality">Quality by day.</param>
public sealed record MetricSeries(
    string Window, int BucketSeconds, IReadOnlyList<FetchPoint> Fetch, IReadOnlyList<ComputePoint> Compute, IReadOnlyList<QualityPoint> Quality);

/// <summary>How providers' circuits changed, newest first.</summary>
/// <param name="Items">The changes.</param>
public sealed record CircuitHistory(IReadOnlyList<CircuitTransition> Items);

/// <summary>What is known of one symbol's enrichment.</summary>
public sealed record JobStatus : SymbolStatus
{
    [SetsRequiredMembers]
    internal JobStatus(SymbolStatus status, CurrentJob? job, IReadOnlyList<SeriesCoverage> coverage)
        : base(status)
    {
        CurrentJob = job;
        Timeframes = coverage;
    }

    /// <summary>The job that waits or runs.</summary>
    public CurrentJob? CurrentJob { get; init; }

    /// <summary>What is stored, by interval.</summary>
    public IReadOnlyList<SeriesCoverage> Timeframes { get; init; }
}
