namespace MarketData.Domain.Features;

/// <summary>Simple moving average of n closes, in price units.</summary>
/// <param name="length">n, in candles.</param>
/// <remarks>Mean of the last n closes. Source: J. J. Murphy, Technical Analysis of the Financial Markets, 1999.</remarks>
public sealed class Sma(int length) : Feature(
    $"sma_{length}", 1, length - 1, ["close"], $"Mean of the last {length} closes.",
    "J. J. Murphy, Technical Analysis of the Financial Markets, 1999")
{
    private readonly int _length = length;

    internal override FeatureComputation Begin(SeriesTraits series) => LongWindow.Begin(_length, static (in block) => block.Closes, Windows.Mean);
}
