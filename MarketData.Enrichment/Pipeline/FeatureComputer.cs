using MarketData.Domain.Adjustments;
using MarketData.Storage.Candles;
using MarketData.Storage.Enrichment;

namespace MarketData.Enrichment.Pipeline;

/// <summary>
/// Computes the features of candles that are new or changed, from the checkpoint before them, and makes the checkpoints that come next: as
/// traded, and adjusted where there are splits or dividends.
/// </summary>
public sealed class FeatureComputer(FeatureStore features, CorporateActionReader actions, EnrichmentMetrics metrics, TimeProvider time)
{
    /// <summary>Computes the features of a window; null when nothing of it is new, or more than it changes: then the end of the job does it.</summary>
    internal async Task<ComputedFeatures?> ComputeAsync(SeriesJob job, CheckedAnswer answer, CancellationToken cancellation)
    {
        if (answer.Window.After.Length > 0 || answer.Window.FirstChange is not { } first)
            return null;
        var candles = answer.Window.Candles.AsMemory(first);
        // These closes change what later dividends are measured by: what is computed now would be of the old ones.
        if (await actions.IsDividendAfterAsync(job.Instrument.Symbol, job.Interval, candles.Span[0].Timestamp, cancellation))
            return null;
        var factors = await actions.ReadFactorsAsync(job.Instrument.Symbol, job.Interval, null, cancellation);
        var (checkpoints, latest) = (new List<FeatureCheckpoint>(), (LatestFeatures?)null);
        var (values, duration) = (0, TimeSpan.Zero);
        foreach (var kind in factors.IsEmpty ? [factors] : new[] { AdjustmentFactors.None, factors })
        {
            var run = await features.ResumeAsync(
                job.Instrument, job.Interval, job.State.Id, kind, candles.Span[0].Timestamp, SettledBefore(job, candles.Span[^1].Timestamp), cancellation);
            var startedAt = time.GetTimestamp();
            run.Append(candles.Span);
            run.Save();
            duration += time.GetElapsedTime(startedAt);
            checkpoints.AddRange(run.Checkpoints);
            (latest, values) = (run.Latest, values + run.Values);
        }

        var log = new ComputeLogEntry(FeatureStore.ComputeType(job.Instrument.AssetClass), values, duration);
        Record(log);
        return new ComputedFeatures(new FeatureProgress(job.State.FeatureEpoch, checkpoints, latest), log);
    }

    /// <summary>Computes to the end of the series what came with no portion: after candles before others, or when a node stopped in between.</summary>
    internal async Task<ComputeLogEntry?> CatchUpAsync(SeriesJob job, CancellationToken cancellation)
    {
        var log = await features.CatchUpAsync(
            job.Instrument, job.Interval, job.Progress.Job.JobId, last => SettledBefore(job, last), cancellation);
        if (log is not null)
            Record(log);
        return log;
    }

    // What comes after is fetched again by the next run, and may come out otherwise.
    private static DateTime SettledBefore(SeriesJob job, DateTime last) => FetchPlan.OverlapStart(last, null, job.Calendar, job.Interval);

    private void Record(ComputeLogEntry log)
    {
        metrics.ComputeDuration.Record(log.Duration.TotalSeconds, new KeyValuePair<string, object?>("compute_type", log.ComputeType));
        metrics.ComputeFeatures.Add(log.FeaturesComputed, new KeyValuePair<string, object?>("compute_type", log.ComputeType));
    }
}
