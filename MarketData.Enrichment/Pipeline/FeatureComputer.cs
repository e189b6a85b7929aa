using MarketData.Domain.Adjustments;
using MarketData.Domain.Candles;
using MarketData.Domain.Features;
using MarketData.Storage.Candles;
using MarketData.Storage.Enrichment;

namespace MarketData.Enrichment.Pipeline;

/// <summary>
/// Computes the features of a series on its split-adjusted candles, going on from where the last run left off. The state kept is that
/// before the next run's overlap, so that corrections within the overlap are taken in without starting from the beginning.
/// </summary>
public sealed class FeatureComputer(SeriesReader series, EnrichmentMetrics metrics, TimeProvider time)
{
    /// <summary>
    /// Computes the features of a window; null when stored candles follow it, whose features then have to be computed anew.
    /// </summary>
    internal async Task<ComputedFeatures?> ComputeAsync(SeriesJob job, CheckedAnswer answer, CancellationToken cancellation)
    {
        var candles = answer.Window.Candles;
        return answer.HasTail || candles.Length == 0
            ? null
            : await ComputeAsync(job, candles, candles[0].Timestamp, answer.Splits, cancellation);
    }

    /// <summary>Computes the features of the stored series from the state before its earliest change, or from its beginning.</summary>
    internal Task<ComputedFeatures> RecomputeAsync(SeriesJob job, IReadOnlyList<StockSplit> splits, CancellationToken cancellation)
    {
        if (job.State.FeatureStateTs >= job.StaleFeaturesFrom)
            job.State = job.State with { FeatureState = null, FeatureStateTs = null };
        return ComputeAsync(job, [], job.End, splits, cancellation);
    }

    private async Task<ComputedFeatures> ComputeAsync(
        SeriesJob job, Candle[] candles, DateTime from, IReadOnlyList<StockSplit> splits, CancellationToken cancellation)
    {
        var (assetClass, interval) = (job.Instrument.AssetClass, job.Interval);
        var engine = job.State is { FeatureState: { } state, FeatureStateTs: { } at } && at < from
            ? FeatureEngine.Resume(assetClass, interval, state)
            : null;
        var since = engine is null ? DateTime.UnixEpoch : job.State.FeatureStateTs!.Value.AddMicroseconds(1);
        var between = await series.RangeAsync(job.Instrument.Symbol, interval, since, from, cancellation);
        Candle[] all = [.. between.Select(stored => stored.Candle), .. candles];
        AdjustmentFactors.Of(splits).Adjust(all);

        var startedAt = time.GetTimestamp();
        var table = new FeatureTable(FeatureCatalogue.For(assetClass));
        var kept = Append(job, engine ?? new FeatureEngine(assetClass, interval), all, table);
        var log = Record(assetClass == AssetClass.Crypto ? "crypto" : "universal", table, time.GetElapsedTime(startedAt));
        return new ComputedFeatures(table, kept?.State ?? job.State.FeatureState, kept?.StateTs ?? job.State.FeatureStateTs, log);
    }

    private static (byte[] State, DateTime StateTs)? Append(SeriesJob job, FeatureEngine engine, Candle[] all, FeatureTable table)
    {
        if (all.Length == 0)
            return null;
        var overlap = FetchPlan.OverlapStart(all[^1].Timestamp, null, job.Calendar, job.Interval);
        var settled = Array.FindIndex(all, candle => candle.Timestamp >= overlap);
        engine.Append(all.AsSpan(0, settled), table);
        (byte[], DateTime)? kept = settled > 0 ? (engine.SaveState(), all[settled - 1].Timestamp) : null;
        engine.Append(all.AsSpan(settled), table);
        return kept;
    }

    private ComputeLogEntry Record(string computeType, FeatureTable table, TimeSpan duration)
    {
        var values = table.CountValues();
        metrics.ComputeDuration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("compute_type", computeType));
        metrics.ComputeFeatures.Add(values, new KeyValuePair<string, object?>("compute_type", computeType));
        return new ComputeLogEntry(computeType, values, duration);
    }
}
