namespace MarketData.Domain.Features;

/// <summary>Moving average convergence/divergence: how far the faster average is from the slower, in price units.</summary>
/// <remarks>Source: G. Appel, Technical Analysis: Power Tools for Active Investors, 2005.</remarks>
public sealed class Macd() : Feature(
    "macd", 1, 25, ["close"], "ema_12 − ema_26.", "G. Appel, Technical Analysis: Power Tools for Active Investors, 2005")
{
    /// <inheritdoc/>
    public override int? Memory => MacdLine.Memory;

    internal override FeatureComputation Begin(SeriesTraits series) => new Computation();

    private sealed class Computation : FeatureComputation<MacdLine>
    {
        public override void Compute(in FeatureBlock block, Span<double> values)
        {
            var line = State;
            var closes = block.Own(block.Closes);
            for (var i = 0; i < values.Length; i++)
                values[i] = line.Next(closes[i]);
            State = line;
        }
    }
}
