namespace MarketData.Domain.Features;

/// <summary>Wilder's relative strength index over 14 changes, 0 to 100; 100 when no close fell.</summary>
/// <remarks>Source: J. W. Wilder, New Concepts in Technical Trading Systems, 1978.</remarks>
public sealed class Rsi14() : Feature(
    "rsi_14", 1, 14, ["close"], "100 − 100 / (1 + average gain / average loss), both averages Wilder's over 14.", "J. W. Wilder, New Concepts in Technical Trading Systems, 1978")
{
    private const int Length = 14;

    internal override FeatureComputation Begin(SeriesTraits series) => new Computation();

    private struct Averages
    {
        public ExponentialAverage Gain;
        public ExponentialAverage Loss;
    }

    private sealed class Computation : FeatureComputation<Averages>
    {
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

                var gain = gains.Next(change > 0 ? change : 0, Length, 1.0 / Length);
                var loss = losses.Next(change < 0 ? -change : 0, Length, 1.0 / Length);
                values[i] = loss == 0 ? 100 : 100 * gain / (gain + loss);
            }

            State = new Averages { Gain = gains, Loss = losses };
        }
    }
}
