namespace MarketData.Domain.Features;

/// <summary>Share of the volume that was positions liquidated; null when nothing was traded.</summary>
public sealed class LiquidationIntensity() : Feature(
    "liquidation_intensity", 1, 0, ["long_liquidations", "short_liquidations", "volume"], "(long_liquidations + short_liquidations) / volume.", "Binance, USDⓈ-M Futures market data documentation", FeatureScope.Crypto)
{
    internal override FeatureComputation Begin(SeriesTraits series) => new WindowComputation(static (in block, values) =>
    {
        for (var i = 0; i < values.Length; i++)
        {
            ref readonly var candle = ref block.Candles[i];
            values[i] = candle.Volume > 0 ? (candle.LongLiquidations + candle.ShortLiquidations) / candle.Volume : double.NaN;
        }
    });
}
