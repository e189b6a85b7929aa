using System.Buffers.Binary;
using System.Text;
using MarketData.Domain.Adjustments;
using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;

namespace MarketData.Storage.Candles;

/// <summary>The newest candle of each series, made of its last two as they come.</summary>
/// <param name="shape">What there is of each candle.</param>
internal sealed class LatestRows(CandleQuery shape)
{
    private const int FirstCapacity = 512;

    private readonly List<Row> _rows = [];
    private DateTime[] _closes = [];

    /// <summary>The candles.</summary>
    public CandleBatch Batch { get; } = new(shape, FirstCapacity);

    /// <summary>The instruments whose last two candles may be adjusted.</summary>
    public IReadOnlyCollection<Instrument> WithActions => [.. _rows.Where(row => row.HasActions).Select(row => row.Instrument)];

    /// <summary>Adds a candle: the newest of a series, or the one before it that comes after.</summary>
    public void Add(ReadOnlySpan<byte> fields)
    {
        var symbol = Symbol.Parse(Encoding.UTF8.GetString(Next(ref fields)));
        var assetClass = AssetClassNames.Parse(Encoding.UTF8.GetString(Next(ref fields)));
        var hasActions = Next(ref fields)[0] != 0;
        if (_rows.Count > 0 && _rows[^1] is var last && last.Instrument.Symbol == symbol)
        {
            _rows[^1] = last with { Before = InstantOf(Next(ref fields)), CloseBefore = CloseOf(fields) };
            return;
        }

        _rows.Add(new Row(new Instrument(symbol, assetClass), hasActions, null, double.NaN));
        if (Batch.IsFull)
            Batch.Grow();
        var features = Batch.Add(fields);
        if (shape.Features)
            Batch.AddFeatures(features);
    }

    /// <summary>Adds, when all are there, what is made of them.</summary>
    /// <param name="factors">What candles are adjusted by.</param>
    public void Complete(IReadOnlyDictionary<Symbol, AdjustmentFactors> factors)
    {
        _closes = new DateTime[_rows.Count];
        for (var row = 0; row < _rows.Count; row++)
        {
            var (instrument, _, before, close) = _rows[row];
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
            _closes[row] = TradingCalendar.For(instrument).CloseOf(Batch.Timestamp(row), shape.Interval);
        }
    }

    /// <summary>The rows with their ages at an instant, UTC.</summary>
    public CandleBatch At(DateTime now) =>
        Batch.With(LatestReader.Age, [.. _closes.Select(close => Math.Max(0, Math.Floor((now - close).TotalSeconds)))]);

    private static double Adjusted(AdjustmentFactors factors, DateTime instant, double close) => factors.Adjust(
        new Candle { Timestamp = instant, Open = close, High = close, Low = close, Close = close, Volume = 0 }).Close;

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

    private readonly record struct Row(Instrument Instrument, bool HasActions, DateTime? Before, double CloseBefore);
}
