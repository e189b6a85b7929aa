namespace MarketData.Domain.Features;

/// <summary>On-balance volume: volume added on a rise and taken off on a fall, from 0 at the first candle, in units traded.</summary>
/// <remarks>Source: J. E. Granville, Granville's New Key to Stock Market Profits, 1963.</remarks>
public sealed class Obv() : Feature(
    "obv", 1, 0, ["close", "volume"], "obv ± volume as the close rose or fell, the first 0.", "J. E. Granville, Granville's New Key to Stock Market Profits, 1963")
{
    /// <inheritdoc/>
    public override int? Memory => null;

    internal override FeatureComputation Begin(SeriesTraits series) => new Computation();

    private sealed class Computation : FeatureComputation<double>
    {
        public override void Compute(in FeatureBlock block, Span<double> values)
        {
            var sum = State;
            var closes = block.Own(block.Closes);
            var before = block.Before(block.Closes);
            var volumes = block.Own(block.Volumes);
            for (var i = 0; i < values.Length; i++)
            {
                // Without a branch: whether a close rises or falls can't be foretold.
                sum += volumes[i] * ((closes[i] > before[i] ? 1 : 0) - (closes[i] < before[i] ? 1 : 0));
                values[i] = sum;
            }

            State = sum;
        }
    }
}
