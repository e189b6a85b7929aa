namespace MarketData.Domain.Features;

/// <summary>Lower Bollinger band: two population deviations of 20 closes below their mean, in price units.</summary>
/// <remarks>Source: J. Bollinger, Bollinger on Bollinger Bands, 2001.</remarks>
public sealed class BollingerLower() : Feature(
    "bollinger_lower", 1, 19, ["close"], "sma_20 − 2 population deviations of the last 20 closes.", "J. Bollinger, Bollinger on Bollinger Bands, 2001")
{
    internal override FeatureComputation Begin(SeriesTraits series) =>
        new WindowComputation(static (in block, values) => Windows.Band(block.Closes, 20, -2, values));
}
