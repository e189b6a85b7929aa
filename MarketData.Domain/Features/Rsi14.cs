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
        public int Changes;
        public double Gain;
        public double Loss;
    }

    private sealed class Computation : FeatureComputation<Averages>
    {
        public override void Compute(in FeatureBlock block, Span<double> values)
        {
            for (var i = 0; i < values.Length; i++)
                values[i] = Next(block.Closes[FeatureBlock.LookBack + i] - block.Closes[FeatureBlock.LookBack + i - 1]);
        }

        private double Next(double change)
        {
            if (double.IsNaN(change))
                return change;
            var (gain, loss) = (Math.Max(change, 0), Math.Max(-change, 0));
            if (State.Changes >= Length)
            {
                State.Gain = (State.Gain * (Length - 1) + gain) / Length;
                State.Loss = (State.Loss * (Length - 1) + loss) / Length;
            }
            else
            {
                State.Gain += gain;
                State.Loss += loss;
                if (++State.Changes < Length)
                    return double.NaN;
                State.Gain /= Length;
                State.Loss /= Length;
            }

            return State.Loss == 0 ? 100 : 100 - 100 / (1 + State.Gain / State.Loss);
        }
    }
}
