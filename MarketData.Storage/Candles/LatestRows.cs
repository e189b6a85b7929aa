using System.Buffers.Binary;
using System.Text;
using MarketData.Domain.Adjustments;
using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;

namespace MarketData.Storage.Candles;

/// <summary>The newest candle of each of many series.</summary>
public sealed class LatestRows
{
    private const int FirstCapacity = 512;

    private readonly CandleQuery _shape;
    private readonly List<Row> _rows = [];
    private DateTime[] _closes = [];

    internal LatestRows(CandleQuery shape) => (_shape, Batch) = (shape, new(shape, FirstCapacity));

    internal CandleBatch Batch { get; }

    // Few: an action before the last two candles changes neither.
    internal IReadOnlyCollection<Instrument> WithActions => [.. _rows.Where(IsAdjusted).Select(row => row.Instrument)];

    /// <summary>How many values there are, empty ones included.</summary>
    public long Values => (long)Batch.Count * Batch.Columns.Count;

    /// <summary>The rows with their ages at an instant, UTC. Others may read them at the same time: they are not to be disposed of.</summary>
    public CandleBatch At(DateTime now) => Batch.With(LatestReader.Age, AgesAt(now));

    /// <summary>Seconds since each candle closed, at an instant, UTC; 0 while it is forming.</summary>
    public double[] AgesAt(DateTime now) => [.. _closes.Select(close => Math.Max(0, Math.Floor((now - close).TotalSeconds)))];

    /// <summary>Adds a candle: the newest of a series, or the one before it that comes after.</summary>
    internal void Add(ReadOnlySpan<byte> fields)
    {
        var symbol = Symbol.Parse(Encoding.UTF8.GetString(Next(ref fields)));
        var assetClass = AssetClassNames.Parse(Encoding.UTF8.GetString(Next(ref fields)));
        var lastAction = DayOf(Next(ref fields));
        if (_rows.Count > 0 && _rows[^1] is var last && last.Instrument.Symbol == symbol)
        {
            _rows[^1] = last with { Before = InstantOf(Next(ref fields)), CloseBefore = CloseOf(fields) };
            return;
        }

        _rows.Add(new Row(new Instrument(symbol, assetClass), lastAction, InstantOf(fields[sizeof(int)..]), null, double.NaN));
        if (Batch.IsFull)
            Batch.Grow();
        var features = Batch.Add(fields);
        if (_shape.Features)
            Batch.AddFeatures(features);
    }

    /// <summary>Adds, when all are there, what is made of them.</summary>
    /// <param name="factors">What candles are adjusted by.</param>
    internal void Complete(IReadOnlyDictionary<Symbol, AdjustmentFactors> factors)
    {
        _closes = new DateTime[_rows.Count];
        for (var row = 0; row < _rows.Count; row++)
        {
            var (instrument, _, _, before, close) = _rows[row];
            Batch.SetSymbol(row, instrument.Symbol);
            if (factors.TryGetValue(instrument.Symbol, out var known))
            {
                Batch.Adjust(known, row, row + 1);
                close = before is { } instant ? Adjusted(known, instant, close) : close;
            }

            var change = Batch.Close(row) - close;
            double[] extras = [close, change, close == 0 ? double.NaN : change / close];
            for (var i = 0; i < extras.Length; i++)
                Batch.Extras[i].Numbers[row] = extras[i];
            _closes[row] = TradingCalendar.For(instrument).CloseOf(Batch.Timestamp(row), _shape.Interval);
        }
    }

    private static double Adjusted(AdjustmentFactors factors, DateTime instant, double close) => factors.Adjust(
        new Candle { Timestamp = instant, Open = close, High = close, Low = close, Close = close, Volume = 0 }).Close;

    // A session may be that of the day before or after, by UTC.
    private static bool IsAdjusted(Row row) =>
        row.LastAction is { } exDay && exDay >= (int)Math.Floor(((row.Before ?? row.Timestamp) - BinaryCopy.Epoch).TotalDays) - 1;

    // Days since the epoch; null where there is no date.
    private static int? DayOf(ReadOnlySpan<byte> value) => value.IsEmpty ? null : BinaryPrimitives.ReadInt32BigEndian(value);

    private static DateTime InstantOf(ReadOnlySpan<byte> value) =>
        BinaryCopy.Epoch.AddMicroseconds(BinaryPrimitives.ReadInt64BigEndian(value));

    // The fourth price of those that follow.
    private static double CloseOf(ReadOnlySpan<byte> prices)
    {
        for (var i = 0; i < 3; i++)
            Next(ref prices);
        return BinaryPrimitives.ReadDoubleBigEndian(Next(ref prices));
    }

    private static ReadOnlySpan<byte> Next(ref ReadOnlySpan<byte> fields)
    {
        var length = Math.Max(0, BinaryPrimitives.ReadInt32BigEndian(fields));
        var value = fields.Slice(sizeof(int), length);
        fields = fields[(sizeof(int) + length)..];
        return value;
    }

    private readonly record struct Row(Instrument Instrument, int? LastAction, DateTime Timestamp, DateTime? Before, double CloseBefore);
}
