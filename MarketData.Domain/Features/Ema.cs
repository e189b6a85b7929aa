namespace MarketData.Domain.Features;

/// <summary>Exponential moving average of closes with α = 2 / (n + 1), in price units, seeded with the mean of the first n.</summary>
/// <param name="length">n, in candles.</param>
/// <remarks>Source: J. J. Murphy, Technical Analysis of the Financial Markets, 1999.</remarks>
public sealed class Ema(int length) : Feature(
    $"ema_{length}", 1, length - 1, ["close"], $"ema + 2/{length + 1} · (close − ema), the first the mean of {length} closes.",
    "J. J. Murphy, Technical Analysis of the Financial Markets, 1999")
{
    private readonly int _length = length;

    /// <inheritdoc/>
    public override int? Memory => ExponentialAverage.Memory(2.0 / (_length + 1), _length);

    internal override FeatureComputation Begin(SeriesTraits series) => new Computation(_length);

    private sealed class Computation(int length) : FeatureComputation<ExponentialAverage>
    {
        private readonly double _weight = 2.0 / (length + 1);

        public override void Compute(in FeatureBlock block, Span<double> values)
        {
            var average = State;
            var closes = block.Own(block.Closes);
            for (var i = 0; i < values.Length; i++)
                values[i] = average.Next(closes[i], length, _weight);
            State = average;
        }
    }
}
