namespace MarketData.Domain.Features;

/// <summary>Wilder's average true range over n candles, in price units; <c>atr</c> is that over 14.</summary>
/// <param name="length">n, in candles.</param>
/// <remarks>Source: J. W. Wilder, New Concepts in Technical Trading Systems, 1978.</remarks>
public sealed class Atr(int length) : Feature(
    length == AverageTrueRange.StandardLength ? "atr" : $"atr_{length}", 1, length, ["high", "low", "close"],
    $"({length - 1} · atr + max(h − l, |h − c₋₁|, |l − c₋₁|)) / {length}, the first the mean of {length} true ranges.",
    "J. W. Wilder, New Concepts in Technical Trading Systems, 1978")
{
    private readonly int _length = length;

    /// <inheritdoc/>
    public override int? Memory => AverageTrueRange.Memory(_length);

    internal override FeatureComputation Begin(SeriesTraits series) => new Computation(_length);

    private sealed class Computation(int length) : FeatureComputation<AverageTrueRange>
    {
        private readonly double _weight = 1.0 / length;

        public override void Compute(in FeatureBlock block, Span<double> values)
        {
            var range = State;
            var highs = block.Own(block.Highs);
            var lows = block.Own(block.Lows);
            var before = block.Before(block.Closes);
            for (var i = 0; i < values.Length; i++)
                values[i] = range.Next(highs[i], lows[i], before[i], length, _weight);
            State = range;
        }
    }
}
