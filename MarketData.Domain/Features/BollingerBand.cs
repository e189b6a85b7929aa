namespace MarketData.Domain.Features;

/// <summary>
/// A Bollinger band: two population deviations of n closes above or below their mean, in price units; the plain names are those of 20.
/// </summary>
/// <param name="isUpper">Whether it is the upper one.</param>
/// <param name="length">n, in candles.</param>
/// <remarks>Source: J. Bollinger, Bollinger on Bollinger Bands, 2001.</remarks>
public sealed class BollingerBand(bool isUpper, int length) : Feature(
    (isUpper ? "bollinger_upper" : "bollinger_lower") + (length == BollingerBand.StandardLength ? "" : $"_{length}"),
    1,
    length - 1,
    ["close"],
    $"sma_{length} {(isUpper ? '+' : '−')} 2 population deviations of the last {length} closes.",
    "J. Bollinger, Bollinger on Bollinger Bands, 2001")
{
    /// <summary>The candles that Bollinger took.</summary>
    internal const int StandardLength = 20;

    private readonly double _deviations = isUpper ? 2 : -2;
    private readonly int _length = length;

    internal override FeatureComputation Begin(SeriesTraits series) => LongWindow.Begin(
        _length, static (in block) => block.Closes,
        (column, length, values, lookBack) => Windows.Band(column, length, _deviations, values, lookBack));
}
