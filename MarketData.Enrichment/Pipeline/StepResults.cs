using MarketData.Domain.Adjustments;
using MarketData.Domain.Validation;
using MarketData.Storage.Candles;
using MarketData.Storage.Enrichment;

namespace MarketData.Enrichment.Pipeline;

/// <summary>What is planned: a range of a series that is fetched, computed and committed as one.</summary>
/// <param name="From">Start, UTC, inclusive.</param>
/// <param name="To">End, UTC, exclusive.</param>
/// <param name="Backfill">The backfill that it is part of; null otherwise.</param>
/// <param name="TimesAsked">For missing candles asked for again: how often they were before, so that each provider gets its turn.</param>
internal sealed record Portion(DateTime From, DateTime To, Backfill? Backfill = null, int TimesAsked = 0)
{
    /// <summary>Whether a stored candle is one for which it is asked again, since it came under another instrument's name.</summary>
    public bool Distrusts(StoredCandle candle) =>
        Backfill?.Distrusts == candle.Source && candle.Candle.Timestamp >= From && candle.Candle.Timestamp < To;
}

/// <summary>What validation makes of an answer: the candles in their place among what is stored.</summary>
/// <param name="Window">The range as it will be.</param>
/// <param name="Kept">How many candles the answer had; of built ones none are counted.</param>
/// <param name="Rejected">The bars set aside.</param>
/// <param name="Splits">What follows from the splits on record.</param>
/// <param name="HasVolume">Whether any candle of the series, stored or fetched, has volume.</param>
internal sealed record CheckedAnswer(
    CandleWindow Window, int Kept, IReadOnlyList<RejectedBar> Rejected, AdjustmentFactors Splits, bool HasVolume);

/// <summary>What is computed.</summary>
/// <param name="Progress">The newest features, and where to go on from.</param>
/// <param name="Log">What is put on record about the computation.</param>
internal sealed record ComputedFeatures(FeatureProgress Progress, ComputeLogEntry Log);
