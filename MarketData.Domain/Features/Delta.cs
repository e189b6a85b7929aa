namespace MarketData.Domain.Features;

/// <summary>Volume bought less volume sold by takers, in base units.</summary>
public sealed class Delta() : Feature(
    "delta", 1, 0, ["taker_buy_volume", "taker_sell_volume"], "taker_buy_volume − taker_sell_volume.", "Binance, USDⓈ-M Futures market data documentation", FeatureScope.Crypto)
{
    internal override FeatureComputation Begin(SeriesTraits series) => new WindowComputation(static (in block, values) =>
    {
        for (var i = 0; i < values.Length; i++)
        {
            ref readonly var candle = ref block.Candles[i];
            values[i] = candle.TakerBuyVolume - candle.TakerSellVolume;
        }
    });
}
