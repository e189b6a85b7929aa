namespace MarketData.Domain.Features;

/// <summary>Relative change of open interest against the candle before; null where either is missing.</summary>
public sealed class OpenInterestChange() : Feature(
    "open_interest_change", 1, 1, ["open_interest"], "open_interest / open_interest of the candle before − 1.",
    "Binance, USDⓈ-M Futures market data documentation", FeatureScope.Crypto)
{
    internal override FeatureComputation Begin(SeriesTraits series) => new Computation();

    private struct Previous
    {
        public bool IsKnown;
        public double OpenInterest;
    }

    private sealed class Computation : FeatureComputation<Previous>
    {
        public override void Compute(in FeatureBlock block, Span<double> values)
        {
            var before = State.IsKnown ? State.OpenInterest : double.NaN;
            for (var i = 0; i < values.Length; i++)
            {
                var now = block.Candles[i].OpenInterest;
                values[i] = before > 0 ? now / before - 1 : double.NaN;
                before = now;
            }

            State = new Previous { IsKnown = true, OpenInterest = before };
        }
    }
}
