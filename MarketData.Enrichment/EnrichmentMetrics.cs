using System.Diagnostics.Metrics;
using MarketData.Enrichment.Resilience;

namespace MarketData.Enrichment;

/// <summary>Every instrument of the enrichment service, on the meter <see cref="MeterName"/>.</summary>
public sealed class EnrichmentMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "MarketData.Enrichment";

    private readonly List<Func<ProviderSnapshot>> _providers = [];

    /// <summary>Creates the instruments.</summary>
    public EnrichmentMetrics(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        var meter = meters.Create(MeterName);

        JobDuration = meter.CreateHistogram<double>("marketdata.enrichment.job.duration", "s", "Time one symbol's job took. Attributes: asset_class, outcome.");
        RunDuration = meter.CreateHistogram<double>("marketdata.enrichment.run.duration", "s", "Time one run took. Attributes: trigger.");
        JobsRunning = meter.CreateGauge<long>("marketdata.enrichment.jobs.running", "{job}", "Jobs under way on this node.");
        JobsQueued = meter.CreateGauge<long>("marketdata.enrichment.jobs.queued", "{job}", "Jobs waiting in the cluster.");
        JobRetries = meter.CreateCounter<long>("marketdata.enrichment.job.retries", "{retry}", "Job attempts after the first. Attributes: reason.");

        FetchDuration = meter.CreateHistogram<double>("marketdata.fetch.duration", "s", "Time one fetch from a provider took, waits included. Attributes: provider, timeframe, outcome.");
        FetchRecords = meter.CreateCounter<long>("marketdata.fetch.records", "{candle}", "Candles fetched, by what became of them. Attributes: provider, timeframe, result.");
        ComputeDuration = meter.CreateHistogram<double>("marketdata.compute.duration", "s", "Time the features of one series took. Attributes: compute_type.");
        ComputeFeatures = meter.CreateCounter<long>("marketdata.compute.features", "{value}", "Feature values computed. Attributes: compute_type.");
        StoreDuration = meter.CreateHistogram<double>("marketdata.store.duration", "s", "Time one write of candles took. Attributes: outcome.");

        CircuitTransitions = meter.CreateCounter<long>("marketdata.resilience.circuit.transitions", "{transition}", "Changes of a circuit's state. Attributes: provider, to.");
        RateLimitRejections = meter.CreateCounter<long>("marketdata.resilience.rate_limit.rejections", "{request}", "Requests refused because too many waited for a permit. Attributes: provider.");
        RateLimitWait = meter.CreateHistogram<double>("marketdata.resilience.rate_limit.wait", "s", "Time a request waited for its permit. Attributes: provider.");
        BulkheadRejections = meter.CreateCounter<long>("marketdata.resilience.bulkhead.rejections", "{request}", "Requests refused because too many waited for their turn. Attributes: provider.");
        Retries = meter.CreateCounter<long>("marketdata.resilience.retries", "{retry}", "Attempts after the first. Attributes: provider, reason.");
        ObserveProvider(meter, "marketdata.resilience.circuit.state", "{state}", "0 closed, 1 half-open, 2 open, 3 isolated.", state => (double)state.CircuitState);
        ObserveProvider(meter, "marketdata.resilience.rate_limit.permits", "{permit}", "Permits left in the cluster's bucket.", state => state.PermitsAvailable);
        ObserveProvider(meter, "marketdata.resilience.bulkhead.active", "{request}", "Requests under way.", state => state.BulkheadActive);
        ObserveProvider(meter, "marketdata.resilience.bulkhead.queued", "{request}", "Requests waiting for their turn.", state => state.BulkheadQueued);

        QualityScore = meter.CreateGauge<double>("marketdata.quality.score", "1", "A series' quality score. Attributes: symbol, timeframe.");
        QualityCompleteness = meter.CreateGauge<double>("marketdata.quality.completeness", "1", "Share of a series' expected candles that is stored. Attributes: symbol, timeframe.");
        QualityValidationRate = meter.CreateGauge<double>("marketdata.quality.validation_rate", "1", "Share of a series' candles that is validated. Attributes: symbol, timeframe.");
        QualityGaps = meter.CreateCounter<long>("marketdata.quality.gaps", "{gap}", "Gaps found. Attributes: asset_class, timeframe, rule.");
        QualityAnomalies = meter.CreateCounter<long>("marketdata.quality.anomalies", "{candle}", "Candles scored down by a rule. Attributes: asset_class, timeframe, rule.");
        QualityRejections = meter.CreateCounter<long>("marketdata.quality.rejections", "{candle}", "Candles rejected by a rule. Attributes: asset_class, timeframe, rule.");
        DataAge = meter.CreateGauge<double>("marketdata.data.age", "s", "Time since a series' last candle closed. Attributes: symbol, timeframe.");
        SchedulerPaused = meter.CreateGauge<long>("marketdata.scheduler.paused", "1", "1 while the cluster is paused, else 0.");
        SchedulerNextRun = meter.CreateGauge<double>("marketdata.scheduler.next_run", "s", "When the next run is due, Unix time.");
    }

    /// <summary>Time one symbol's job took, s; <c>asset_class</c>, <c>outcome</c> (success, failed, retried, cancelled).</summary>
    public Histogram<double> JobDuration { get; }

    /// <summary>Time one run took, s; <c>trigger</c>.</summary>
    public Histogram<double> RunDuration { get; }

    /// <summary>Jobs under way on this node.</summary>
    public Gauge<long> JobsRunning { get; }

    /// <summary>Jobs waiting in the cluster.</summary>
    public Gauge<long> JobsQueued { get; }

    /// <summary>Job attempts after the first; <c>reason</c>.</summary>
    public Counter<long> JobRetries { get; }

    /// <summary>Time one fetch took, s, waits included; <c>provider</c>, <c>timeframe</c>, <c>outcome</c>.</summary>
    public Histogram<double> FetchDuration { get; }

    /// <summary>Candles fetched; <c>provider</c>, <c>timeframe</c>, <c>result</c> (inserted, updated, unchanged, rejected).</summary>
    public Counter<long> FetchRecords { get; }

    /// <summary>Time the features of one series took, s; <c>compute_type</c>.</summary>
    public Histogram<double> ComputeDuration { get; }

    /// <summary>Feature values computed; <c>compute_type</c>.</summary>
    public Counter<long> ComputeFeatures { get; }

    /// <summary>Time one write of candles took, s; <c>outcome</c>.</summary>
    public Histogram<double> StoreDuration { get; }

    /// <summary>Changes of a circuit's state; <c>provider</c>, <c>to</c>.</summary>
    public Counter<long> CircuitTransitions { get; }

    /// <summary>Requests refused by a full permit queue; <c>provider</c>.</summary>
    public Counter<long> RateLimitRejections { get; }

    /// <summary>Time a request waited for its permit, s; <c>provider</c>.</summary>
    public Histogram<double> RateLimitWait { get; }

    /// <summary>Requests refused by a full bulkhead; <c>provider</c>.</summary>
    public Counter<long> BulkheadRejections { get; }

    /// <summary>Attempts after the first; <c>provider</c>, <c>reason</c>.</summary>
    public Counter<long> Retries { get; }

    /// <summary>A series' quality score, 0 to 1; <c>symbol</c>, <c>timeframe</c>.</summary>
    public Gauge<double> QualityScore { get; }

    /// <summary>Share of a series' expected candles that is stored, 0 to 1; <c>symbol</c>, <c>timeframe</c>.</summary>
    public Gauge<double> QualityCompleteness { get; }

    /// <summary>Share of a series' candles that is validated, 0 to 1; <c>symbol</c>, <c>timeframe</c>.</summary>
    public Gauge<double> QualityValidationRate { get; }

    /// <summary>Gaps found; <c>asset_class</c>, <c>timeframe</c>, <c>rule</c>.</summary>
    public Counter<long> QualityGaps { get; }

    /// <summary>Candles scored down; <c>asset_class</c>, <c>timeframe</c>, <c>rule</c>.</summary>
    public Counter<long> QualityAnomalies { get; }

    /// <summary>Candles rejected; <c>asset_class</c>, <c>timeframe</c>, <c>rule</c>.</summary>
    public Counter<long> QualityRejections { get; }

    /// <summary>Time since a series' last candle closed, s; <c>symbol</c>, <c>timeframe</c>.</summary>
    public Gauge<double> DataAge { get; }

    /// <summary>1 while the cluster is paused.</summary>
    public Gauge<long> SchedulerPaused { get; }

    /// <summary>When the next run is due, Unix time in seconds.</summary>
    public Gauge<double> SchedulerNextRun { get; }

    /// <summary>Lets the resilience gauges read a provider's state whenever they are collected.</summary>
    public void Observe(Func<ProviderSnapshot> provider)
    {
        lock (_providers)
            _providers.Add(provider);
    }

    private void ObserveProvider(Meter meter, string name, string unit, string description, Func<ProviderSnapshot, double> value) =>
        meter.CreateObservableGauge(name, () => Measure(value), unit, $"{description} Attributes: provider.");

    private List<Measurement<double>> Measure(Func<ProviderSnapshot, double> value)
    {
        lock (_providers)
        {
            return [.. _providers
                .Select(read => read())
                .Select(state => new Measurement<double>(value(state), new KeyValuePair<string, object?>("provider", state.Provider)))];
        }
    }
}
