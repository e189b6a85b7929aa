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
    internal static Overview From(OverviewRows rows) => new(
        SchedulerStatus: rows.Scheduler.Status,
        LastRun: rows.Scheduler.LastRun,
        NextRun: rows.Scheduler.NextRun,
        LastRunResult: rows.LastEnded,
        CurrentRun: rows.Current is { } current ? RunProgress.Of(current, rows.Scheduler.Now) : null,
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
/// <param name="FetchPipeline">Calls to providers.</param>
/// <param name="ComputePipeline">Feature computations.</param>
/// <param name="DataQuality">Data quality.</param>
public sealed record DashboardMetrics(
    string Window, FetchPipeline FetchPipeline, ComputePipeline ComputePipeline, QualityTotals DataQuality);

/// <summary>Calls to providers over a window, in all and by provider.</summary>
/// <param name="Total">Fetches made.</param>
/// <param name="Successful">Those that succeeded.</param>
/// <param name="Failed">Those that failed.</param>
/// <param name="SuccessRate">Successful ÷ total, 0 to 1; null when there was none.</param>
/// <param name="AvgResponseTimeMs">Mean response time, milliseconds.</param>
/// <param name="P95ResponseTimeMs">95th percentile of the response time, milliseconds.</param>
/// <param name="RecordsFetched">Candles fetched.</param>
/// <param name="RecordsInserted">Candles that were new.</param>
/// <param name="BySource">The same by provider.</param>
public sealed record FetchPipeline(
    long Total, long Successful, long Failed, double? SuccessRate, double? AvgResponseTimeMs, double? P95ResponseTimeMs,
    long RecordsFetched, long RecordsInserted, IReadOnlyList<SourceTotals> BySource)
{
    // The row without a source is the total.
    internal static FetchPipeline From(IReadOnlyList<SourceTotals> rows)
    {
        var total = rows.Single(row => row.Source.Length == 0);
        return new(
            total.Total, total.Successful, total.Failed, total.SuccessRate, total.AvgResponseTimeMs, total.P95ResponseTimeMs,
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
    string Window, int BucketSeconds, IReadOnlyList<FetchPoint> Fetch, IReadOnlyList<ComputePoint> Compute, IReadOnlyList<QualityPoint> Quality)
{
    private const int MostBuckets = 100;
    private static readonly int[] BucketMinutes = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440];

    /// <summary>The shortest stretch in common use that cuts a window into at most a hundred.</summary>
    internal static TimeSpan BucketFor(TimeSpan window) =>
        TimeSpan.FromMinutes(BucketMinutes.First(minutes => window <= TimeSpan.FromMinutes((double)minutes * MostBuckets)));
}

/// <summary>How providers' circuits changed, newest first.</summary>
/// <param name="Items">The changes.</param>
public sealed record CircuitHistory(IReadOnlyList<CircuitTransition> Items);

/// <summary>What is known of one symbol's enrichment.</summary>
/// <param name="Symbol">The symbol.</param>
/// <param name="AssetClass"><c>stock</c>, <c>etf</c>, <c>index</c>, <c>fx</c> or <c>crypto</c>.</param>
/// <param name="Status">
/// <c>pending</c>, <c>queued</c>, <c>running</c>, <c>retrying</c>, <c>healthy</c>, <c>warning</c>, <c>delisted</c>, <c>stale</c> or
/// <c>error</c>.
/// </param>
/// <param name="Exchange">Where it trades: a market identifier code, <c>24/7</c> or <c>24/5</c>.</param>
/// <param name="PriceUnit">What a price of 1 means: a currency, or a part of it such as <c>GBp</c>.</param>
/// <param name="ListingStatus"><c>active</c>, <c>inactive</c>, <c>delisted</c>, <c>renamed</c> or <c>unverified</c>.</param>
/// <param name="QualityScore">Mean candle score × completeness, 0 to 1.</param>
/// <param name="ValidationRate">Share of validated candles, 0 to 1.</param>
/// <param name="DataCompleteness">Share of the expected candles that are there, 0 to 1.</param>
/// <param name="DataAgeSeconds">Age of the newest candle, seconds.</param>
/// <param name="RecordsAvailable">Candles stored, over all intervals.</param>
/// <param name="LastFetchSuccess">When candles were last fetched, UTC.</param>
/// <param name="LastComputeSuccess">When features were last computed, UTC.</param>
/// <param name="LastEnrichmentTime">When it was last enriched, UTC.</param>
/// <param name="RetryCount">Attempts that failed in the current job.</param>
/// <param name="NextRetryAt">When the next attempt is due, UTC.</param>
/// <param name="LastError">Why the last attempt failed.</param>
/// <param name="ErrorAdvice">What a person can do about it.</param>
/// <param name="CurrentJob">The job that waits or runs.</param>
/// <param name="Timeframes">What is stored, by interval.</param>
public sealed record JobStatus(
    string Symbol, string AssetClass, string Status, string? Exchange, string? PriceUnit, string ListingStatus, double? QualityScore,
    double? ValidationRate, double? DataCompleteness, double? DataAgeSeconds, long RecordsAvailable, DateTime? LastFetchSuccess,
    DateTime? LastComputeSuccess, DateTime? LastEnrichmentTime, int RetryCount, DateTime? NextRetryAt, string? LastError,
    string? ErrorAdvice, CurrentJob? CurrentJob, IReadOnlyList<SeriesCoverage> Timeframes)
{
    internal static JobStatus From(SymbolStatus status, CurrentJob? job, IReadOnlyList<SeriesCoverage> coverage) => new(
        Symbol: status.Symbol,
        AssetClass: status.AssetClass,
        Status: status.Status,
        Exchange: status.Exchange,
        PriceUnit: status.PriceUnit,
        ListingStatus: status.ListingStatus,
        QualityScore: status.QualityScore,
        ValidationRate: status.ValidationRate,
        DataCompleteness: status.DataCompleteness,
        DataAgeSeconds: status.DataAgeSeconds,
        RecordsAvailable: status.RecordsAvailable,
        LastFetchSuccess: status.LastFetchSuccess,
        LastComputeSuccess: status.LastComputeSuccess,
        LastEnrichmentTime: status.LastEnrichmentTime,
        RetryCount: status.RetryCount,
        NextRetryAt: status.NextRetryAt,
        LastError: status.ErrorMessage,
        ErrorAdvice: status.ErrorAdvice,
        CurrentJob: job,
        Timeframes: coverage);
}
