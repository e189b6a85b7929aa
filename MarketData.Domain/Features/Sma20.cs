namespace MarketData.Domain.Features;

/// <summary>Simple moving average of 20 closes, in price units.</summary>
/// <remarks>Mean of the last 20 closes. Source: J. J. Murphy, Technical Analysis of the Financial Markets, 1999.</remarks>
public sealed class Sma20() : Feature(
    "sma_20", 1, 19, ["close"], "Mean of the last 20 closes.", "J. J. Murphy, Technical Analysis of the Financial Markets, 1999")
{
    internal override FeatureComputation Begin(SeriesTraits series) =>
        new WindowComputation(static (in block, values) => Windows.Mean(block.Closes, 20, values));
}
