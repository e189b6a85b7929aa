namespace MarketData.Domain.Features;

/// <summary>Wilder's average true range over 14 candles, in price units.</summary>
/// <remarks>Source: J. W. Wilder, New Concepts in Technical Trading Systems, 1978.</remarks>
public sealed class Atr() : Feature(
    "atr", 1, 14, ["high", "low", "close"], "(13 · atr + max(h − l, |h − c₋₁|, |l − c₋₁|)) / 14, the first the mean of 14 true ranges.", "J. W. Wilder, New Concepts in Technical Trading Systems, 1978")
{
    internal override FeatureComputation Begin(SeriesTraits series) => new Computation();

    private sealed class Computation : FeatureComputation<AverageTrueRange>
    {
        public override void Compute(in FeatureBlock block, Span<double> values)
        {
            var range = State;
            var highs = block.Own(block.Highs);
            var lows = block.Own(block.Lows);
            var before = block.Before(block.Closes);
            for (var i = 0; i < values.Length; i++)
                values[i] = range.Next(highs[i], lows[i], before[i]);
            State = range;
        }
    }
}
