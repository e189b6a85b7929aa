namespace MarketData.Domain.Features;

/// <summary>Volatility of 20 log returns, per candle, 0 or more. Reckoned from the window in two passes, so that it never drifts.</summary>
/// <remarks>Sample standard deviation (n − 1) of the last 20 log returns, not annualised. Source: J. C. Hull, Options, Futures, and Other Derivatives, 2017, ch. 15.</remarks>
public sealed class Volatility20() : Feature(
    "volatility_20", 1, 20, ["close"], "Sample standard deviation (n − 1) of the last 20 log returns, not annualised.", "J. C. Hull, Options, Futures, and Other Derivatives, 2017, ch. 15")
{
    internal override FeatureComputation Begin(SeriesTraits series) =>
        new WindowComputation(static (in block, values) => Windows.SampleDeviation(block.LogReturns, 20, values));
}
