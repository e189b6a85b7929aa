using System.Text.Json;
using MarketData.Domain.Candles;
using MarketData.Enrichment.Providers.Wire;

namespace MarketData.Enrichment.Providers.Binance;

/// <summary>
/// Reads answers of <c>/api/v3/klines</c>, an array of arrays: open time, open, high, low, close, volume, close time, quote volume,
/// trades, taker buy volume, taker buy quote volume, unused. Prices and volumes are strings.
/// </summary>
public static class BinanceKlines
{
    private const int OpenTime = 0;
    private const int Open = 1;
    private const int High = 2;
    private const int Low = 3;
    private const int Close = 4;
    private const int Volume = 5;
    private const int CloseTime = 6;
    private const int QuoteVolume = 7;
    private const int Trades = 8;
    private const int TakerBuyVolume = 9;
    private const int TakerBuyQuoteVolume = 10;
    private const int Unused = 11;
    private const int Fields = 12;

    /// <summary>Reads one answer and appends its bars to <paramref name="candles"/>.</summary>
    /// <param name="body">The whole body, UTF-8.</param>
    /// <param name="candles">Where the bars go; holds part of the answer after a failure.</param>
    /// <exception cref="JsonException">The body is not an array of klines.</exception>
    public static BinancePage Parse(ReadOnlySpan<byte> body, CandleBuffer candles)
    {
        ArgumentNullException.ThrowIfNull(candles);
        var document = new WireDocument(body);
        if (!document.TryReadArray("The document"))
            throw new JsonException("The document is null instead of an array.");

        var cursor = document.EnterArray();
        var (rows, lastOpen, unreadable) = (0, (DateTime?)null, candles.Unreadable);
        Span<double> fields = stackalloc double[Fields];
        for (var more = !cursor.TryTakeEmpty(); more; more = cursor.TakeSeparator())
        {
            var (start, flaw) = (cursor.At, (string?)null);
            if (!TryReadUsual(ref cursor, fields, out var time, out var timed))
            {
                cursor.At = start;
                flaw = WireRow.ReadAny(ref cursor, fields, TakerBuyQuoteVolume, out time, out timed);
            }

            if (flaw is null)
                candles.Add(ToCandle(time, fields), timed);
            else
                candles.AddUnreadable(ToCandle(time, fields), timed, $"[{rows}]{flaw}.");
            lastOpen = timed ? time : lastOpen;
            rows++;
        }

        candles.ThrowIfNoneReads(rows, unreadable);
        document.LeaveArray(cursor.At);
        document.ReadEnd();
        return new BinancePage(rows, lastOpen);
    }

    // [1,"1.1","1.1","1.1","1.1","1.1",1,"1.1",1,"1.1","1.1","0"]
    private static bool TryReadUsual(ref WireCursor cursor, scoped Span<double> fields, out DateTime time, out bool timed)
    {
        (time, timed) = (default, false);
        if (!cursor.TryTake((byte)'['))
            return false;

        for (var field = 0; field < Fields; field++)
        {
            var taken = field switch
            {
                OpenTime or CloseTime or Trades => cursor.TryTakeNumber(out fields[field]),
                TakerBuyQuoteVolume or Unused => cursor.TryTakePlainText(),
                _ => cursor.TryTakeQuotedNumber(out fields[field]),
            };
            if (!taken || !cursor.TryTake(field == Unused ? (byte)']' : (byte)','))
                return false;
        }

        timed = WireTime.TryFromUnix(fields[OpenTime], out time);
        return true;
    }

    private static Candle ToCandle(DateTime time, ReadOnlySpan<double> fields)
    {
        var (volume, quoteVolume, takerBuy) = (fields[Volume], fields[QuoteVolume], fields[TakerBuyVolume]);
        return new Candle
        {
            Timestamp = time,
            Open = fields[Open],
            High = fields[High],
            Low = fields[Low],
            Close = fields[Close],
            Volume = volume,
            Vwap = volume > 0 && double.IsFinite(quoteVolume) ? quoteVolume / volume : double.NaN,
            TradeCount = JsonNumbers.ToCount(fields[Trades]),
            TakerBuyVolume = takerBuy,
            TakerSellVolume = volume - takerBuy,
        };
    }
}
