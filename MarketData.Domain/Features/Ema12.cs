namespace MarketData.Domain.Features;

/// <summary>Exponential moving average of closes with α = 2 / 13, in price units, seeded with the mean of the first 12.</summary>
/// <remarks>Source: J. J. Murphy, Technical Analysis of the Financial Markets, 1999.</remarks>
public sealed class Ema12() : Feature(
    "ema_12", 1, 11, ["close"], "ema + 2/13 · (close − ema), the first the mean of 12 closes.",
    "J. J. Murphy, Technical Analysis of the Financial Markets, 1999")
{
    internal override FeatureComputation Begin(SeriesTraits series) => new Computation();

    private sealed class Computation : FeatureComputation<ExponentialAverage>
    {
        public override void Compute(in FeatureBlock block, Span<double> values)
        {
            var average = State;
            var closes = block.Own(block.Closes);
            for (var i = 0; i < values.Length; i++)
                values[i] = average.Next(closes[i], 12);
            State = average;
        }
    }
}
