namespace MarketData.Domain.Features;

/// <summary>Accounts net long for each account net short.</summary>
public sealed class LongShortRatio() : Feature(
    "long_short_ratio", 1, 0, ["long_short_ratio"], "Accounts net long for each net short, as the provider gives it.", "Binance, USDⓈ-M Futures market data documentation", FeatureScope.Crypto)
{
    internal override FeatureComputation Begin(SeriesTraits series) => new WindowComputation(static (in block, values) =>
    {
        for (var i = 0; i < values.Length; i++)
            values[i] = block.Candles[i].LongShortRatio;
    });
}
