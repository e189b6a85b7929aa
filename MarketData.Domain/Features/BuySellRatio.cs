namespace MarketData.Domain.Features;

/// <summary>Volume bought by takers for each unit sold by them; null when none was sold.</summary>
public sealed class BuySellRatio() : Feature(
    "buy_sell_ratio", 1, 0, ["taker_buy_volume", "taker_sell_volume"], "taker_buy_volume / taker_sell_volume.", "Binance, USDⓈ-M Futures market data documentation", FeatureScope.Crypto)
{
    internal override FeatureComputation Begin(SeriesTraits series) => new WindowComputation(static (in block, values) =>
    {
        for (var i = 0; i < values.Length; i++)
        {
            ref readonly var candle = ref block.Candles[i];
            values[i] = candle.TakerSellVolume > 0 ? candle.TakerBuyVolume / candle.TakerSellVolume : double.NaN;
        }
    });
}
