using System.Globalization;
using System.Text;
using MarketData.Domain.Candles;

namespace MarketData.Benchmarks.Parsing;

/// <summary>Answers as the providers send them: same fields, same order, same precision, no white space.</summary>
internal static class WireBodies
{
    public static byte[] Polygon(int bars) => Encoding.UTF8.GetBytes(
        $$"""{"ticker":"AAPL","queryCount":{{bars}},"resultsCount":{{bars}},"adjusted":false,"results":["""
        + string.Join(',', Series(AssetClass.Stock, bars).Select(candle => string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"v":{{candle.Volume}},"vw":{{candle.Vwap}},"o":{{candle.Open}},"c":{{candle.Close}},"h":{{candle.High}},"l":{{candle.Low}},"t":{{Milliseconds(candle)}},"n":{{candle.TradeCount}}}""")))
        + """],"status":"OK","request_id":"6a7e466379af0a71039d60cc78e72282","count":50000}""");

    public static byte[] Binance(int bars) => Encoding.UTF8.GetBytes(
        "["
        + string.Join(',', Series(AssetClass.Crypto, bars).Select(candle => string.Create(
            CultureInfo.InvariantCulture,
            $"""[{Milliseconds(candle)},"{candle.Open:0.00000000}","{candle.High:0.00000000}","{candle.Low:0.00000000}","{candle.Close:0.00000000}","{candle.Volume / 1000:0.00000000}",{Milliseconds(candle) + 299_999},"{candle.Volume / 1000 * candle.Close:0.00000000}",{candle.TradeCount},"{candle.TakerBuyVolume / 1000:0.00000000}","{candle.TakerBuyVolume / 1000 * candle.Close:0.00000000}","0"]""")))
        + "]");

    // Prices are single-precision numbers written as doubles, as Yahoo's are.
    public static byte[] Yahoo(int bars) => Yahoo(Series(AssetClass.Stock, bars), "5m");

    public static byte[] Yahoo(Candle[] series, string granularity) =>
        Encoding.UTF8.GetBytes(
            $$$"""{"chart":{"result":[{"meta":{"currency":"USD","symbol":"AAPL","exchangeName":"NMS","instrumentType":"EQUITY","gmtoffset":-14400,"timezone":"EDT","dataGranularity":"{{{granularity}}}","range":""},"timestamp":["""
            + Column(series, candle => Milliseconds(candle) / 1000)
            + """],"indicators":{"quote":[{"open":[""" + Column(series, candle => (double)(float)candle.Open)
            + """],"high":[""" + Column(series, candle => (double)(float)candle.High)
            + """],"low":[""" + Column(series, candle => (double)(float)candle.Low)
            + """],"close":[""" + Column(series, candle => (double)(float)candle.Close)
            + """],"volume":[""" + Column(series, candle => candle.Volume)
            + """]}]}}],"error":null}}""");

    private static string Column(Candle[] series, Func<Candle, double> value) =>
        string.Join(',', series.Select(candle => value(candle).ToString(CultureInfo.InvariantCulture)));

    private static Candle[] Series(AssetClass assetClass, int bars) => RandomWalk.Candles(assetClass, BarInterval.FiveMinutes, bars);

    private static long Milliseconds(Candle candle) => new DateTimeOffset(candle.Timestamp).ToUnixTimeMilliseconds();
}
