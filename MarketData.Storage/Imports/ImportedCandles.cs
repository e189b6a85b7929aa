using MarketData.Domain.Candles;

namespace MarketData.Storage.Imports;

/// <summary>How a candle of an import stands to the one on record at its instant.</summary>
public static class ImportedCandles
{
    /// <summary>
    /// The candle with what its file did not say taken from the one on record: the statistics of futures markets and, where prices and volume are
    /// the same, the average price and the number of trades.
    /// </summary>
    public static Candle Complete(in Candle candle, in Candle known)
    {
        var isSameTrade = (candle.Open, candle.High, candle.Low, candle.Close, candle.Volume)
            == (known.Open, known.High, known.Low, known.Close, known.Volume);
        return candle with
        {
            Vwap = isSameTrade ? Known(candle.Vwap, known.Vwap) : candle.Vwap,
            TradeCount = candle.TradeCount ?? (isSameTrade ? known.TradeCount : null),
            OpenInterest = Known(candle.OpenInterest, known.OpenInterest),
            FundingRate = Known(candle.FundingRate, known.FundingRate),
            LongShortRatio = Known(candle.LongShortRatio, known.LongShortRatio),
            LongLiquidations = Known(candle.LongLiquidations, known.LongLiquidations),
            ShortLiquidations = Known(candle.ShortLiquidations, known.ShortLiquidations),
            TakerBuyVolume = isSameTrade ? Known(candle.TakerBuyVolume, known.TakerBuyVolume) : candle.TakerBuyVolume,
            TakerSellVolume = isSameTrade ? Known(candle.TakerSellVolume, known.TakerSellVolume) : candle.TakerSellVolume,
        };
    }

    private static double Known(double value, double otherwise) => double.IsNaN(value) ? otherwise : value;
}
