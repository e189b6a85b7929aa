namespace MarketData.Domain.Features;

/// <summary>A Bollinger band: two population deviations of 20 closes above or below their mean, in price units.</summary>
/// <param name="isUpper">Whether it is the upper one.</param>
/// <remarks>Source: J. Bollinger, Bollinger on Bollinger Bands, 2001.</remarks>
public sealed class BollingerBand(bool isUpper) : Feature(
    isUpper ? "bollinger_upper" : "bollinger_lower",
    1,
    19,
    ["close"],
    $"sma_20 {(isUpper ? '+' : '−')} 2 population deviations of the last 20 closes.",
    "J. Bollinger, Bollinger on Bollinger Bands, 2001")
{
    private readonly double _deviations = isUpper ? 2 : -2;

    internal override FeatureComputation Begin(SeriesTraits series) =>
        new WindowComputation((in block, values) => Windows.Band(block.Closes, 20, _deviations, values));
}
