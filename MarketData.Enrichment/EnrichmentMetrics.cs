using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using MarketData.Storage.Enrichment;
using MarketData.Storage.Notifications;

namespace MarketData.Enrichment;

/// <summary>Every instrument of the enrichment service, on the meter <see cref="MeterName"/>.</summary>
public sealed class EnrichmentMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "MarketData.Enrichment";

    private const int MostSeries = 2000;

    // A state's place is its value in the metric of circuits.
    private static readonly string[] CircuitStates = ["closed", "half_open", "open", "isolated"];

    private readonly List<Func<ProviderResilience>> _providers = [];
    private readonly TimeProvider _time;
    private readonly Dictionary<string, StrongBox<long>> _failovers = new() { ["kept"] = new(), ["lost"] = new() };
    private readonly Dictionary<string, StrongBox<long>> _brokenOff = new() { ["lost_for_good"] = new(), ["stalled"] = new() };

    /// <summary>Creates the instruments.</summary>
    public EnrichmentMetrics(IMeterFactory meters, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(meters);
        _time = time;
        var meter = meters.Create(MeterName);

        JobDuration = meter.CreateHistogram<double>(
            "marketdata.enrichment.job.duration", "s", "Time one symbol's job took. Attributes: asset_class, outcome.");
        RunDuration = meter.CreateHistogram<double>("marketdata.enrichment.run.duration", "s", "Time one run took. Attributes: trigger.");
        meter.CreateObservableGauge(
            "marketdata.enrichment.jobs.running", () => (long)JobsRunning(), "{job}", "Jobs under way on this node.");
        ObserveCluster(meter, "marketdata.enrichment.jobs.queued", "{job}", "Jobs waiting in the cluster.", cluster => cluster.JobsQueued);
        ObserveCluster(meter, "marketdata.enrichment.nodes.live", "{node}", "Nodes with a recent heartbeat.", cluster => cluster.NodesLive);
        ObserveEach(
            meter,
            "marketdata.enrichment.symbols",
            "{symbol}",
            "Active symbols. Attributes: status (pending, healthy, warning, delisted, stale, error).",
            cluster => cluster.Symbols.Select(
                count => new Measurement<double>(count.Symbols, new KeyValuePair<string, object?>("status", count.Health))));
        ObserveEach(
            meter,
            "marketdata.attention.items",
            "{symbol}",
            "Active symbols that a person should look at. Attributes: kind (disputed, unconverted, identity_mismatch, possible_ticker_reuse, unit_shift, "
            + "delisted).",
            cluster => AttentionKinds.All.Select(kind => new Measurement<double>(
                cluster.Attention.FirstOrDefault(count => count.Kind == kind)?.Symbols ?? 0, new KeyValuePair<string, object?>("kind", kind))));
        JobRetries = meter.CreateCounter<long>(
            "marketdata.enrichment.job.retries", "{retry}", "Job attempts after the first. Attributes: reason.");
        LostAnswers = meter.CreateCounter<long>(
            "marketdata.enrichment.lost_answers", "{commit}",
            "Commits whose answer was lost with the connection, and which were found done. Attributes: operation (claim, store, complete, fail, stop, lose).");
        // Observed from the start, so that the first one is a rise.
        ObserveCounts(
            meter, "marketdata.enrichment.failovers", "{failover}", "transactions", _failovers,
            "Failovers of the database that this node lived through. Attributes: transactions (kept, lost).");
        ObserveCounts(
            meter, "marketdata.enrichment.jobs.broken_off", "{job}", "how", _brokenOff,
            "Work that was given up: jobs lost too often in a row, and attempts that were stuck. Attributes: how (lost_for_good, stalled).");

        FetchDuration = meter.CreateHistogram<double>(
            "marketdata.fetch.duration", "s",
            "Time one fetch of a series from a provider took, with all its requests and waits. Attributes: provider, timeframe, outcome.");
        FetchRecords = meter.CreateCounter<long>(
            "marketdata.fetch.records", "{candle}", "Candles fetched, by what became of them. Attributes: provider, timeframe, result.");
        ComputeDuration = meter.CreateHistogram<double>(
            "marketdata.compute.duration", "s", "Time the features of one series took. Attributes: compute_type.");
        ComputeFeatures = meter.CreateCounter<long>(
            "marketdata.compute.features", "{value}", "Feature values computed. Attributes: compute_type.");
        StoreDuration = meter.CreateHistogram<double>(
            "marketdata.store.duration", "s", "Time one write of candles took. Attributes: outcome.");

        CircuitTransitions = meter.CreateCounter<long>(
            "marketdata.resilience.circuit.transitions", "{transition}", "Changes of a circuit's state. Attributes: provider, to.");
        RateLimitRejections = meter.CreateCounter<long>(
            "marketdata.resilience.rate_limit.rejections", "{request}",
            "Requests refused because too many waited for a permit. Attributes: provider.");
        RateLimitWait = meter.CreateHistogram<double>(
            "marketdata.resilience.rate_limit.wait", "s", "Time a request waited for its permit. Attributes: provider.");
        BulkheadRejections = meter.CreateCounter<long>(
            "marketdata.resilience.bulkhead.rejections", "{request}",
            "Requests refused because too many waited for their turn. Attributes: provider.");
        RequestDuration = meter.CreateHistogram<double>(
            "marketdata.provider.request.duration", "s",
            "Time one request to a provider was under way, without waits of our own; its count is the requests sent. "
            + "Attributes: provider, outcome (answered, unanswered).");
        NotAsked = meter.CreateCounter<long>(
            "marketdata.provider.not_asked", "{request}", "Requests not made, since the circuit was open. Attributes: provider.");
        RequestsNotLogged = meter.CreateCounter<long>(
            "marketdata.provider.requests.not_logged", "{request}",
            "Requests missing from the log of requests, since the database was away for long. Attributes: provider.");
        Retries = meter.CreateCounter<long>(
            "marketdata.resilience.retries", "{retry}", "Attempts after the first. Attributes: provider, reason.");
        ObserveProvider(
            meter, "marketdata.resilience.circuit.state", "{state}", "0 closed, 1 half-open, 2 open, 3 isolated.", state =>
                Array.IndexOf(CircuitStates, state.CircuitState));
        ObserveProvider(
            meter, "marketdata.resilience.rate_limit.permits", "{permit}", "Permits left in the cluster's bucket.",
            state => state.RateLimit.Available);
        ObserveProvider(meter, "marketdata.resilience.bulkhead.active", "{request}", "Requests under way.", state => state.Bulkhead.Active);
        ObserveProvider(
            meter, "marketdata.resilience.bulkhead.queued", "{request}", "Requests waiting for their turn.",
            state => state.Bulkhead.Queued);

        ObserveSeries(meter, "marketdata.quality.score", "1", "A series' quality score.", (series, _) => series.QualityScore);
        ObserveSeries(
            meter, "marketdata.quality.completeness", "1", "Share of a series' expected candles that is stored.",
            (series, _) => series.Completeness);
        ObserveSeries(
            meter, "marketdata.quality.validation_rate", "1", "Share of a series' candles that is validated.",
            (series, _) => series.ValidationRate);
        ObserveSeries(
            meter, "marketdata.data.age", "s", "Time since a series' last candle closed.", (series, now) => series.AgeSeconds(now));
        QualityGaps = meter.CreateCounter<long>(
            "marketdata.quality.gaps", "{gap}", "Gaps found. Attributes: asset_class, timeframe, rule.");
        QualityAnomalies = meter.CreateCounter<long>(
            "marketdata.quality.anomalies", "{candle}", "Candles scored down by a rule. Attributes: asset_class, timeframe, rule.");
        QualityRejections = meter.CreateCounter<long>(
            "marketdata.quality.rejections", "{candle}", "Candles rejected by a rule. Attributes: asset_class, timeframe, rule.");
        CrossCheckCompared = meter.CreateCounter<long>(
            "marketdata.crosscheck.compared", "{candle}", "Bars of two providers that were compared. Attributes: provider, other_provider, timeframe.");
        CrossCheckDisagreeing = meter.CreateCounter<long>(
            "marketdata.crosscheck.disagreeing", "{candle}",
            "Those whose closes differ by more than half a percent. Attributes: provider, other_provider, timeframe.");
        BulkDuration = meter.CreateHistogram<double>(
            "marketdata.bulk.run.duration", "s", "Time a run that writes bulk files took. Attributes: outcome (completed, unchanged, failed).");
        BulkBytes = meter.CreateCounter<long>("marketdata.bulk.written", "By", "Bytes of bulk files written.");
        ObserveCluster(
            meter, "marketdata.bulk.last_run", "s", "When a run of bulk files last ended well, Unix time.", cluster => UnixSeconds(cluster.LastBulkRun));
        ObserveCluster(
            meter, "marketdata.bulk.failing", "{run}", "1 while the last run of bulk files has failed, else 0.", cluster => cluster.BulkFailing ? 1 : 0);
        NotificationDuration = meter.CreateHistogram<double>(
            "marketdata.notification.delivery.duration", "s",
            "Time one attempt at a notification took. Attributes: kind (webhook, slack, email), message (firing, resolved, test), "
            + "outcome (delivered, retried, failed).");
        NotificationDeliveries = meter.CreateCounter<long>(
            "marketdata.notification.deliveries", "{attempt}",
            "Attempts at notifications, by what became of them; failed is given up. Attributes: kind, message, outcome.");
        CountNoNotificationYet();
        ObserveCluster(
            meter, "marketdata.notification.pending", "{notification}", "Notifications that wait to be delivered.", cluster => cluster.NotificationsPending);
        ObserveCluster(
            meter, "marketdata.notification.oldest_pending", "s", "How long the oldest notification has waited that is not delivered; 0 where none waits.",
            cluster => cluster.OldestNotificationSeconds);
        ObserveCluster(
            meter, "marketdata.scheduler.paused", "1", "1 while the cluster is paused, else 0.", cluster => cluster.Paused ? 1 : 0);
        ObserveCluster(
            meter, "marketdata.scheduler.next_run", "s", "When the next nightly run is due, Unix time.",
            cluster => UnixSeconds(cluster.NextRun));
        ObserveCluster(
            meter, "marketdata.scheduler.last_run", "s", "When a run last ended well, Unix time.",
            cluster => UnixSeconds(cluster.LastCompletedRun));
    }

    /// <summary>Tells how many jobs this node has under way, whenever that is collected.</summary>
    public Func<int> JobsRunning { get; set; } = () => 0;

    /// <summary>The cluster as it was last seen; null before it was.</summary>
    public ClusterSnapshot? Cluster { get; set; }

    /// <summary>Time one symbol's job took, s; <c>asset_class</c>, <c>outcome</c> (success, failed, retried, cancelled).</summary>
    public Histogram<double> JobDuration { get; }

    /// <summary>Time one run took, s; <c>trigger</c>.</summary>
    public Histogram<double> RunDuration { get; }

    /// <summary>Job attempts after the first; <c>reason</c>.</summary>
    public Counter<long> JobRetries { get; }

    /// <summary>Commits whose answer was lost and which were found done; <c>operation</c> (store, complete, fail, lose).</summary>
    public Counter<long> LostAnswers { get; }

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

    /// <summary>Time one request was under way, s; <c>provider</c>, <c>outcome</c> (answered, unanswered). Its count is the requests sent.</summary>
    public Histogram<double> RequestDuration { get; }

    /// <summary>Requests not made, since the circuit was open; <c>provider</c>.</summary>
    public Counter<long> NotAsked { get; }

    /// <summary>Requests missing from the log of requests; <c>provider</c>.</summary>
    public Counter<long> RequestsNotLogged { get; }

    /// <summary>Attempts after the first; <c>provider</c>, <c>reason</c>.</summary>
    public Counter<long> Retries { get; }

    /// <summary>Gaps found; <c>asset_class</c>, <c>timeframe</c>, <c>rule</c>.</summary>
    public Counter<long> QualityGaps { get; }

    /// <summary>Candles scored down; <c>asset_class</c>, <c>timeframe</c>, <c>rule</c>.</summary>
    public Counter<long> QualityAnomalies { get; }

    /// <summary>Candles rejected; <c>asset_class</c>, <c>timeframe</c>, <c>rule</c>.</summary>
    public Counter<long> QualityRejections { get; }

    /// <summary>Bars of two providers compared; <c>provider</c>, <c>other_provider</c>, <c>timeframe</c>.</summary>
    public Counter<long> CrossCheckCompared { get; }

    /// <summary>Those that differ; <c>provider</c>, <c>other_provider</c>, <c>timeframe</c>.</summary>
    public Counter<long> CrossCheckDisagreeing { get; }

    /// <summary>Time a run that writes bulk files took, s; <c>outcome</c> (completed, unchanged, failed).</summary>
    public Histogram<double> BulkDuration { get; }

    /// <summary>Bytes of bulk files written.</summary>
    public Counter<long> BulkBytes { get; }

    /// <summary>Time one attempt at a notification took, s; <c>kind</c>, <c>message</c>, <c>outcome</c> (delivered, retried, failed).</summary>
    public Histogram<double> NotificationDuration { get; }

    /// <summary>Attempts at notifications; <c>kind</c>, <c>message</c>, <c>outcome</c> (delivered, retried, failed).</summary>
    public Counter<long> NotificationDeliveries { get; }

    /// <summary>Counts an attempt at a notification.</summary>
    /// <param name="kind"><c>webhook</c>, <c>slack</c> or <c>email</c>.</param>
    /// <param name="message"><c>firing</c>, <c>resolved</c> or <c>test</c>.</param>
    /// <param name="outcome"><c>delivered</c>, <c>retried</c> or <c>failed</c>.</param>
    /// <param name="duration">How long it took.</param>
    public void CountNotification(string kind, string message, string outcome, TimeSpan duration)
    {
        KeyValuePair<string, object?>[] attributes = [new("kind", kind), new("message", message), new("outcome", outcome)];
        NotificationDuration.Record(duration.TotalSeconds, attributes);
        NotificationDeliveries.Add(1, attributes);
    }

    /// <summary>Counts a failover of the database, and whether it lost transactions that had been confirmed to this node.</summary>
    public void CountFailover(bool lostTransactions) =>
        Interlocked.Increment(ref _failovers[lostTransactions ? "lost" : "kept"].Value);

    /// <summary>Counts a job that has failed since it was lost too often in a row.</summary>
    public void CountLostForGood() => Interlocked.Increment(ref _brokenOff["lost_for_good"].Value);

    /// <summary>Counts an attempt that was stuck.</summary>
    public void CountStalled() => Interlocked.Increment(ref _brokenOff["stalled"].Value);

    /// <summary>Counts a run of bulk files that ended.</summary>
    public void CountBulk(string outcome, TimeSpan duration, long bytes)
    {
        BulkDuration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("outcome", outcome));
        BulkBytes.Add(bytes);
    }

    /// <summary>Lets the resilience gauges read a provider's state whenever they are collected.</summary>
    /// <param name="provider">The provider's name.</param>
    /// <param name="read">Reads its state.</param>
    public void Observe(string provider, Func<ProviderResilience> read)
    {
        lock (_providers)
            _providers.Add(read);
        // Prometheus sees no increase in a counter whose first sample is 1, so it is exported as 0 first.
        RateLimitRejections.Add(0, new KeyValuePair<string, object?>("provider", provider));
        BulkheadRejections.Add(0, new KeyValuePair<string, object?>("provider", provider));
        NotAsked.Add(0, new KeyValuePair<string, object?>("provider", provider));
        RequestsNotLogged.Add(0, new KeyValuePair<string, object?>("provider", provider));
    }

    // As below: an alert asks for the increase of those that failed.
    private void CountNoNotificationYet()
    {
        foreach (var kind in ReceiverKinds.All)
        {
            foreach (var message in new[] { "firing", "resolved" })
                NotificationDeliveries.Add(0, new("kind", kind), new("message", message), new("outcome", "failed"));
        }
    }

    private void ObserveCluster(Meter meter, string name, string unit, string description, Func<ClusterSnapshot, double?> value) =>
        ObserveEach(meter, name, unit, description, cluster => value(cluster) is { } known ? [new Measurement<double>(known)] : []);

    // By symbol while that stays readable, by asset class beyond: a metrics store is no place for a hundred thousand series.
    private void ObserveSeries(Meter meter, string name, string unit, string description, Func<SeriesGauge, DateTime, double?> value)
    {
        ObserveEach(meter, name, unit, $"{description} Attributes: symbol, timeframe; with many series asset_class, timeframe.", cluster =>
        {
            var now = _time.GetUtcNow().UtcDateTime;
            var known = cluster.Series.Select(series => (series, Value: value(series, now))).Where(pair => pair.Value is not null);
            return cluster.Series.Count <= MostSeries
                ? known.Select(pair => new Measurement<double>(
                    pair.Value!.Value, new("symbol", pair.series.Symbol), new("timeframe", pair.series.Timeframe)))
                : known.GroupBy(pair => (pair.series.AssetClass, pair.series.Timeframe), pair => pair.Value!.Value).Select(group =>
                    new Measurement<double>(
                        group.Average(), new("asset_class", group.Key.AssetClass), new("timeframe", group.Key.Timeframe)));
        });
    }

    private void ObserveEach(
        Meter meter, string name, string unit, string description, Func<ClusterSnapshot, IEnumerable<Measurement<double>>> measure) =>
        meter.CreateObservableGauge(name, () => Cluster is { } cluster ? measure(cluster) : [], unit, description);

    private static double? UnixSeconds(DateTime? instant) => instant is { } known ? (known - DateTime.UnixEpoch).TotalSeconds : null;

    private void ObserveProvider(Meter meter, string name, string unit, string description, Func<ProviderResilience, double> value) =>
        meter.CreateObservableGauge(name, () => Measure(value), unit, $"{description} Attributes: provider.");

    private List<Measurement<double>> Measure(Func<ProviderResilience, double> value)
    {
        lock (_providers)
        {
            return [.. _providers
                .Select(read => read())
                .Select(state => new Measurement<double>(value(state), new KeyValuePair<string, object?>("provider", state.Provider)))];
        }
    }

    private static void ObserveCounts(
        Meter meter, string name, string unit, string attribute, Dictionary<string, StrongBox<long>> counts, string description) =>
        meter.CreateObservableCounter(
            name,
            () => counts.Select(count => new Measurement<long>(Volatile.Read(ref count.Value.Value), new KeyValuePair<string, object?>(attribute, count.Key))),
            unit,
            description);
}
