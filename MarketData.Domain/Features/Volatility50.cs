namespace MarketData.Domain.Features;

/// <summary>Volatility of 50 log returns, per candle, 0 or more. Reckoned from the window in two passes, so that it never drifts.</summary>
/// <remarks>Sample standard deviation (n − 1) of the last 50 log returns, not annualised. Source: J. C. Hull, Options, Futures, and Other Derivatives, 2017, ch. 15.</remarks>
public sealed class Volatility50() : Feature(
    "volatility_50", 1, 50, ["close"], "Sample standard deviation (n − 1) of the last 50 log returns, not annualised.", "J. C. Hull, Options, Futures, and Other Derivatives, 2017, ch. 15")
{
    internal override FeatureComputation Begin(SeriesTraits series) =>
        new WindowComputation(static (in block, values) => Windows.SampleDeviation(block.LogReturns, 50, values));
}
