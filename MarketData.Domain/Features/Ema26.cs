namespace MarketData.Domain.Features;

/// <summary>Exponential moving average of closes with α = 2 / 27, in price units, seeded with the mean of the first 26.</summary>
/// <remarks>Source: J. J. Murphy, Technical Analysis of the Financial Markets, 1999.</remarks>
public sealed class Ema26() : Feature(
    "ema_26", 1, 25, ["close"], "ema + 2/27 · (close − ema), the first the mean of 26 closes.",
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
                values[i] = average.Next(closes[i], 26);
            State = average;
        }
    }
}
