namespace MarketData.Domain.Features;

/// <summary>Mean volume of 20 candles, in units traded.</summary>
/// <remarks>Mean volume of the last 20 candles. Source: J. J. Murphy, Technical Analysis of the Financial Markets, 1999.</remarks>
public sealed class RollingVolume20() : Feature(
    "rolling_volume_20", 1, 19, ["volume"], "Mean volume of the last 20 candles.", "J. J. Murphy, Technical Analysis of the Financial Markets, 1999")
{
    internal override FeatureComputation Begin(SeriesTraits series) =>
        new WindowComputation(static (in block, values) => Windows.Mean(block.Volumes, 20, values));
}
