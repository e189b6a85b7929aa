namespace MarketData.Domain.Features;

/// <summary>Wilder's relative strength index over n changes, 0 to 100; 100 when no close fell.</summary>
/// <param name="length">n, in candles.</param>
/// <remarks>Source: J. W. Wilder, New Concepts in Technical Trading Systems, 1978.</remarks>
public sealed class Rsi(int length) : Feature(
    $"rsi_{length}", 1, length, ["close"], $"100 − 100 / (1 + average gain / average loss), both averages Wilder's over {length}.",
    "J. W. Wilder, New Concepts in Technical Trading Systems, 1978")
{
    private readonly int _length = length;

    /// <inheritdoc/>
    public override int? Memory => ExponentialAverage.Memory(1.0 / _length, _length) + 1;

    internal override FeatureComputation Begin(SeriesTraits series) => new Computation(_length);

    private struct Averages
    {
        public ExponentialAverage Gain;
        public ExponentialAverage Loss;
    }

    private sealed class Computation(int length) : FeatureComputation<Averages>
    {
        private readonly double _weight = 1.0 / length;

        public override void Compute(in FeatureBlock block, Span<double> values)
        {
            var gains = State.Gain;
            var losses = State.Loss;
            var closes = block.Own(block.Closes);
            var before = block.Before(block.Closes);
            for (var i = 0; i < values.Length; i++)
            {
                var change = closes[i] - before[i];
                if (double.IsNaN(change))
                {
                    values[i] = change;
                    continue;
                }

                var gain = gains.Next(change > 0 ? change : 0, length, _weight);
                var loss = losses.Next(change < 0 ? -change : 0, length, _weight);
                values[i] = loss == 0 ? 100 : 100 * gain / (gain + loss);
            }

            State = new Averages { Gain = gains, Loss = losses };
        }
    }
}
