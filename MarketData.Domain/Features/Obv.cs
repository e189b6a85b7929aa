namespace MarketData.Domain.Features;

/// <summary>On-balance volume: volume added on a rise and taken off on a fall, from 0 at the first candle, in units traded.</summary>
/// <remarks>Source: J. E. Granville, Granville's New Key to Stock Market Profits, 1963.</remarks>
public sealed class Obv() : Feature(
    "obv", 1, 0, ["close", "volume"], "obv ± volume as the close rose or fell, the first 0.", "J. E. Granville, Granville's New Key to Stock Market Profits, 1963")
{
    internal override FeatureComputation Begin(SeriesTraits series) => new Computation();

    private sealed class Computation : FeatureComputation<double>
    {
        public override void Compute(in FeatureBlock block, Span<double> values)
        {
            for (var i = 0; i < values.Length; i++)
            {
                var change = block.Closes[FeatureBlock.LookBack + i] - block.Closes[FeatureBlock.LookBack + i - 1];
                if (change > 0)
                    State += block.Candles[i].Volume;
                else if (change < 0)
                    State -= block.Candles[i].Volume;
                values[i] = State;
            }
        }
    }
}
