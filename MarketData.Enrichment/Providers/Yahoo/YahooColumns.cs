using System.Buffers;
using System.Text.Json;
using MarketData.Domain.Candles;
using MarketData.Enrichment.Providers.Wire;

namespace MarketData.Enrichment.Providers.Yahoo;

/// <summary>The columns of a chart in pooled memory until all have arrived and become rows.</summary>
internal sealed class YahooColumns : IDisposable
{
    private const int InitialCapacity = 1024;
    private const double NoInstant = double.PositiveInfinity;

    private Column _time;
    private Column _open;
    private Column _high;
    private Column _low;
    private Column _close;
    private Column _volume;

    public void ReadTimes(ref WireDocument document) => _time.Read(ref document, "timestamp", isTime: true);

    public void ReadQuote(ref WireDocument document)
    {
        while (document.ReadProperty())
        {
            if (document.Is("open"u8))
                _open.Read(ref document, "open");
            else if (document.Is("high"u8))
                _high.Read(ref document, "high");
            else if (document.Is("low"u8))
                _low.Read(ref document, "low");
            else if (document.Is("close"u8))
                _close.Read(ref document, "close");
            else if (document.Is("volume"u8))
                _volume.Read(ref document, "volume");
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

        for (var row = 0; row < rows; row++)
        {
            var timed = WireTime.TryFromUnix(_time[row], out var time);
            candles.Add(
                new Candle
                {
                    Timestamp = time,
                    Open = _open[row],
                    High = _high[row],
                    Low = _low[row],
                    Close = _close[row],
                    Volume = _volume[row],
                },
                timed);
        }

        return rows;
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

        public void Read(ref WireDocument document, string name, bool isTime = false)
        {
            if (!document.TryReadArray(name))
                return;

            if (Count > 0)
                throw new JsonException($"There are two columns '{name}'.");

            var cursor = document.EnterArray();
            for (var more = !cursor.TryTakeEmpty(); more; more = cursor.TakeSeparator())
            {
                var start = cursor.At;
                if (!cursor.TryTakeNumber(out var value))
                    value = ReadAny(ref cursor, start, isTime);
                Add(value);
            }

            document.LeaveArray(cursor.At);
        }

        private static double ReadAny(ref WireCursor cursor, int start, bool isTime)
        {
            cursor.At = start;
            var element = cursor.ReadHere();
            var value = !isTime ? JsonNumbers.Read(ref element)
                : WireTime.TryRead(ref element, out var time) ? (time - DateTime.UnixEpoch).TotalSeconds
                : NoInstant;
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
