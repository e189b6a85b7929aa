using System.Buffers;
using System.Text.Json;
using MarketData.Domain.Candles;
using MarketData.Enrichment.Providers.Wire;

namespace MarketData.Enrichment.Providers.Yahoo;

/// <summary>The columns of a chart in pooled memory until all have arrived and become rows.</summary>
internal sealed class YahooColumns : IDisposable
{
    private const int InitialCapacity = 1024;
    private const string Quote = "chart.result[0].indicators.quote[0].";
    private const double NoInstant = double.PositiveInfinity;

    // What of a row can't be read, and where it stands; of each row the first.
    private readonly SortedList<int, string> _flaws = [];

    private Column _time;
    private Column _open;
    private Column _high;
    private Column _low;
    private Column _close;
    private Column _volume;

    public void ReadTimes(ref WireDocument document) => _time.Read(ref document, "chart.result[0].timestamp", _flaws, isTime: true);

    public void ReadQuote(ref WireDocument document)
    {
        while (document.ReadProperty())
        {
            if (document.Is("open"u8))
                _open.Read(ref document, Quote + "open", _flaws);
            else if (document.Is("high"u8))
                _high.Read(ref document, Quote + "high", _flaws);
            else if (document.Is("low"u8))
                _low.Read(ref document, Quote + "low", _flaws);
            else if (document.Is("close"u8))
                _close.Read(ref document, Quote + "close", _flaws);
            else if (document.Is("volume"u8))
                _volume.Read(ref document, Quote + "volume", _flaws);
            else
                document.Skip();
        }
    }

    public int AppendTo(CandleBuffer candles)
    {
        var rows = _time.Count;
        if (_open.Count != rows || _high.Count != rows || _low.Count != rows || _close.Count != rows || _volume.Count != rows)
        {
            throw new JsonException(
                $"The columns differ in length: {rows} times, {_open.Count} open, {_high.Count} high, {_low.Count} low, "
                + $"{_close.Count} close, {_volume.Count} volume.");
        }

        var unreadable = candles.Unreadable;
        for (var row = 0; row < rows; row++)
        {
            var candle = Row(row, out var timed);
            if (_flaws.Count > 0 && _flaws.TryGetValue(row, out var flaw))
                candles.AddUnreadable(candle, timed, flaw);
            else
                candles.Add(candle, timed);
        }

        candles.ThrowIfNoneReads(rows, unreadable);
        return rows;
    }

    private Candle Row(int row, out bool timed)
    {
        timed = WireTime.TryFromUnix(_time[row], out var time);
        return new Candle
        {
            Timestamp = time,
            Open = _open[row],
            High = _high[row],
            Low = _low[row],
            Close = _close[row],
            Volume = _volume[row],
        };
    }

    public void Dispose()
    {
        _time.Return();
        _open.Return();
        _high.Return();
        _low.Return();
        _close.Return();
        _volume.Return();
    }

    private struct Column
    {
        private double[]? _values;

        public int Count { get; private set; }

        public readonly double this[int index] => _values![index];

        public void Read(ref WireDocument document, string place, SortedList<int, string> flaws, bool isTime = false)
        {
            if (!document.TryReadArray(place))
                return;

            if (Count > 0)
                throw new JsonException($"{place} is there twice.");

            var cursor = document.EnterArray();
            for (var more = !cursor.TryTakeEmpty(); more; more = cursor.TakeSeparator())
            {
                var start = cursor.At;
                if (!cursor.TryTakeNumber(out var value))
                {
                    value = ReadAny(ref cursor, start, isTime, out var other);
                    if (other is not null)
                        flaws.TryAdd(Count, $"{place}[{Count}] is {other}.");
                }

                Add(value);
            }

            document.LeaveArray(cursor.At);
        }

        private static double ReadAny(ref WireCursor cursor, int start, bool isTime, out string? other)
        {
            cursor.At = start;
            var element = cursor.ReadHere();
            double value;
            if (isTime)
            {
                var described = JsonNumbers.Describe(element.TokenType);
                var known = WireTime.TryRead(ref element, out var time);
                value = known ? (time - DateTime.UnixEpoch).TotalSeconds : NoInstant;
                other = known ? null : described;
            }
            else
                JsonNumbers.Read(ref element, out value, out other);

            cursor.Accept(ref element);
            return value;
        }

        private void Add(double value)
        {
            if (_values is null || Count == _values.Length)
                Grow();
            _values![Count++] = value;
        }

        public void Return()
        {
            if (_values is not null)
                ArrayPool<double>.Shared.Return(_values);
            _values = null;
        }

        private void Grow()
        {
            var larger = ArrayPool<double>.Shared.Rent(_values is null ? InitialCapacity : _values.Length * 2);
            _values?.AsSpan(0, Count).CopyTo(larger);
            Return();
            _values = larger;
        }
    }
}
