namespace MarketData.Domain.Features;

/// <summary>Mean volume of n candles, in units traded.</summary>
/// <param name="length">n, in candles.</param>
/// <remarks>Mean volume of the last n candles. Source: J. J. Murphy, Technical Analysis of the Financial Markets, 1999.</remarks>
public sealed class RollingVolume(int length) : Feature(
    $"rolling_volume_{length}", 1, length - 1, ["volume"], $"Mean volume of the last {length} candles.",
    "J. J. Murphy, Technical Analysis of the Financial Markets, 1999")
{
    private readonly int _length = length;

    internal override FeatureComputation Begin(SeriesTraits series) => LongWindow.Begin(_length, static (in block) => block.Volumes, Windows.Mean);
}
