namespace MarketData.Domain.Features;

/// <summary>Signal line of the MACD: its exponential average over 9 values, seeded with the mean of the first 9, in price units.</summary>
/// <remarks>Source: G. Appel, Technical Analysis: Power Tools for Active Investors, 2005.</remarks>
public sealed class MacdSignal() : Feature(
    "macd_signal", 1, 33, ["close"], "Exponential average of macd with α = 2/10, the first the mean of 9.", "G. Appel, Technical Analysis: Power Tools for Active Investors, 2005")
{
    /// <inheritdoc/>
    public override int? Memory => MacdLine.Memory + ExponentialAverage.Memory(2.0 / 10, 9);

    internal override FeatureComputation Begin(SeriesTraits series) => new Computation();

    private struct Line
    {
        public MacdLine Macd;
        public ExponentialAverage Signal;
    }

    private sealed class Computation : FeatureComputation<Line>
    {
        public override void Compute(in FeatureBlock block, Span<double> values)
        {
            var line = State.Macd;
            var signal = State.Signal;
            var closes = block.Own(block.Closes);
            for (var i = 0; i < values.Length; i++)
            {
                var macd = line.Next(closes[i]);
                values[i] = double.IsNaN(macd) ? macd : signal.Next(macd, 9);
            }

            State = new Line { Macd = line, Signal = signal };
        }
    }
}
