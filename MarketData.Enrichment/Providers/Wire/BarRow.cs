using System.Text.Json;
using MarketData.Domain.Candles;

namespace MarketData.Enrichment.Providers.Wire;

/// <summary>
/// One bar as Polygon and Alpaca write it: <c>{"v":1,"vw":1.1,"o":1.1,"c":1.1,"h":1.1,"l":1.1,"t":1,"n":1}</c>, keys in any order, the time
/// as a number or as <c>"2024-01-03T05:00:00Z"</c>.
/// </summary>
internal static class BarRow
{
    /// <summary>Reads the array of bars whose start was just read, and steps over it.</summary>
    /// <param name="document">The document.</param>
    /// <param name="candles">Where the bars go.</param>
    /// <param name="list">What the array is called in the document.</param>
    /// <returns>Rows read, whatever became of them.</returns>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static int ReadAll(ref WireDocument document, CandleBuffer candles, string list)
    {
        var cursor = document.EnterArray();
        var rows = 0;
        for (var more = !cursor.TryTakeEmpty(); more; more = cursor.TakeSeparator())
            Read(ref cursor, candles, list, rows++);
        document.LeaveArray(cursor.At);
        return rows;
    }

    // A bar of which a part can't be read is rejected.
    private static void Read(ref WireCursor cursor, CandleBuffer candles, string list, int index)
    {
        var start = cursor.At;
        var row = new Row();
        if (TryReadUsual(ref cursor, ref row))
        {
            candles.Add(row.ToCandle(out var timed), timed);
            return;
        }

        cursor.At = start;
        row = new Row();
        var flaw = ReadAny(ref cursor, ref row) ?? (row.HasTime ? null : " has no t");
        var candle = row.ToCandle(out var known);
        if (flaw is null)
            candles.Add(candle, known);
        else
            candles.AddUnreadable(candle, known, $"{list}[{index}]{flaw}.");
    }

    private static bool TryReadUsual(ref WireCursor cursor, ref Row row)
    {
        if (!cursor.TryTake((byte)'{'))
            return false;

        byte end;
        do
        {
            if (!cursor.TryTake((byte)'"') || !cursor.TryTakeAny(out var key))
                return false;
            if (key == (byte)'v' && cursor.TryTake((byte)'w'))
                key = (byte)'w';
            if (!cursor.TryTake((byte)'"') || !cursor.TryTake((byte)':') || !TryTakeValue(ref cursor, ref row, key) || !cursor.TryTakeAny(out end))
                return false;
        }
        while (end == (byte)',');

        return end == (byte)'}' && row.HasTime;
    }

    private static bool TryTakeValue(ref WireCursor cursor, ref Row row, byte key)
    {
        if (key != (byte)'t' || !cursor.TryTakeInstant(out var instant))
            return cursor.TryTakeNumber(out var value) && row.TrySet(key, value);
        row.SetTime(instant);
        return true;
    }

    // Tells the first part that can't be read, and what stands there.
    private static string? ReadAny(ref WireCursor cursor, ref Row row)
    {
        var reader = cursor.ReadHere();
        string? flaw = null;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            flaw = $" is {JsonNumbers.Describe(ref reader)}";
            reader.Skip();
            cursor.Accept(ref reader);
            return flaw;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.ValueSpan;
            var key = name.Length == 1 ? name[0] : name.SequenceEqual("vw"u8) ? (byte)'w' : (byte)0;
            if (key == (byte)'t')
            {
                reader.Read();
                var described = JsonNumbers.Describe(reader.TokenType);
                if (!row.SetTime(ref reader))
                    flaw ??= $".t is {described}";
            }
            else if (row.TrySet(key, 0))
            {
                reader.Read();
                JsonNumbers.Read(ref reader, out var value, out var other);
                row.TrySet(key, value);
                flaw ??= other is null ? null : $".{(key == (byte)'w' ? "vw" : (char)key)} is {other}";
            }
            else
                reader.Skip();
        }

        cursor.Accept(ref reader);
        return flaw;
    }

    private struct Row()
    {
        private double _open = double.NaN;
        private double _high = double.NaN;
        private double _low = double.NaN;
        private double _close = double.NaN;
        private double _volume = double.NaN;
        private double _vwap = double.NaN;
        private double _trades = double.NaN;
        private DateTime _time;
        private bool _timed;

        public bool HasTime { get; private set; }

        /// <summary>Takes a value by its key, <c>w</c> for <c>vw</c>.</summary>
        /// <returns>False for a key of no interest.</returns>
        public bool TrySet(byte key, double value)
        {
            switch ((char)key)
            {
                case 'o': _open = value; return true;
                case 'h': _high = value; return true;
                case 'l': _low = value; return true;
                case 'c': _close = value; return true;
                case 'v': _volume = value; return true;
                case 'w': _vwap = value; return true;
                case 'n': _trades = value; return true;
                case 't': (HasTime, _timed) = (true, WireTime.TryFromUnix(value, out _time)); return true;
                default: return false;
            }
        }

        public void SetTime(DateTime instant) => (HasTime, _timed, _time) = (true, true, instant);

        public bool SetTime(ref Utf8JsonReader reader)
        {
            (HasTime, _timed) = (true, WireTime.TryRead(ref reader, out _time));
            return _timed;
        }

        public readonly Candle ToCandle(out bool timed)
        {
            timed = _timed;
            return new Candle
            {
                Timestamp = _time,
                Open = _open,
                High = _high,
                Low = _low,
                Close = _close,
                Volume = _volume,
                Vwap = double.IsFinite(_vwap) ? _vwap : double.NaN,
                TradeCount = JsonNumbers.ToCount(_trades),
            };
        }
    }
}
