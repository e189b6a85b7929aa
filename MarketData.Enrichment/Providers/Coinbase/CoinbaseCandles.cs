using System.Text.Json;
using MarketData.Domain.Candles;
using MarketData.Enrichment.Providers.Wire;

namespace MarketData.Enrichment.Providers.Coinbase;

/// <summary>
/// Reads answers of <c>/products/{id}/candles</c>, an array of arrays of numbers, newest first: opening time in seconds, low, high, open,
/// close, volume.
/// </summary>
public static class CoinbaseCandles
{
    private const int Time = 0;
    private const int Low = 1;
    private const int High = 2;
    private const int Open = 3;
    private const int Close = 4;
    private const int Volume = 5;
    private const int Fields = 6;

    /// <summary>Reads one answer and appends its bars to <paramref name="candles"/>, oldest first.</summary>
    /// <param name="body">The whole body, UTF-8.</param>
    /// <param name="candles">Where the bars go; holds part of the answer after a failure.</param>
    /// <returns>Rows read, whatever became of them.</returns>
    /// <exception cref="JsonException">The body is not an array of candles.</exception>
    public static int Parse(ReadOnlySpan<byte> body, CandleBuffer candles)
    {
        ArgumentNullException.ThrowIfNull(candles);
        var document = new WireDocument(body);
        if (!document.TryReadArray("The document"))
            throw new JsonException("The document is null instead of an array.");

        var cursor = document.EnterArray();
        var (rows, first, unreadable) = (0, candles.Count, candles.Unreadable);
        Span<double> fields = stackalloc double[Fields];
        for (var more = !cursor.TryTakeEmpty(); more; more = cursor.TakeSeparator())
        {
            var (start, flaw) = (cursor.At, (string?)null);
            if (!TryReadUsual(ref cursor, fields, out var time, out var timed))
            {
                cursor.At = start;
                flaw = WireRow.ReadAny(ref cursor, fields, Fields, out time, out timed);
            }

            if (flaw is null)
                candles.Add(ToCandle(time, fields), timed);
            else
                candles.AddUnreadable(ToCandle(time, fields), timed, $"[{rows}]{flaw}.");
            rows++;
        }

        candles.ThrowIfNoneReads(rows, unreadable);
        document.LeaveArray(cursor.At);
        document.ReadEnd();
        candles.Candles[first..].Reverse();
        return rows;
    }

    // [1,1.1,1.1,1.1,1.1,1.1]
    private static bool TryReadUsual(ref WireCursor cursor, scoped Span<double> fields, out DateTime time, out bool timed)
    {
        (time, timed) = (default, false);
        if (!cursor.TryTake((byte)'['))
            return false;

        for (var field = 0; field < Fields; field++)
        {
            if (!cursor.TryTakeNumber(out fields[field]) || !cursor.TryTake(field == Volume ? (byte)']' : (byte)','))
                return false;
        }

        timed = WireTime.TryFromUnix(fields[Time], out time);
        return true;
    }

    private static Candle ToCandle(DateTime time, ReadOnlySpan<double> fields) => new()
    {
        Timestamp = time,
        Open = fields[Open],
        High = fields[High],
        Low = fields[Low],
        Close = fields[Close],
        Volume = fields[Volume],
    };
}
