using MarketData.Domain.Adjustments;

namespace MarketData.Storage.Candles;

/// <summary>One of the series that are read together.</summary>
/// <param name="Query">What to read of it.</param>
/// <param name="Id">Its number.</param>
/// <param name="Factors">What its candles are adjusted by.</param>
internal sealed record SeriesPart(CandleQuery Query, int Id, AdjustmentFactors Factors)
{
    /// <summary>The checkpoint that its features go on from; null for the beginning of the series.</summary>
    public FeatureCheckpoint? Checkpoint { get; init; }

    /// <summary>The instant, UTC, from which features need candles that no checkpoints are kept of; null for the beginning of the series.</summary>
    public DateTime? OthersFrom { get; init; }

    /// <summary>The instant, UTC, from which rows are read: features need those before the first that is given. Null for all.</summary>
    public DateTime? ReadFrom => Query switch
    {
        { Features: false } => Query.Since,
        { FeatureList: null } => StandardFrom,
        { HasStandardFeatures: false } => OthersFrom,
        { OtherFeatures.Count: 0 } => StandardFrom,
        _ => StandardFrom < OthersFrom ? StandardFrom : StandardFrom is null ? null : OthersFrom,
    };

    private DateTime? StandardFrom => Checkpoint?.Ts.AddMicroseconds(1);
}
