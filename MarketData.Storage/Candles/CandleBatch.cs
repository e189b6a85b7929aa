using System.Buffers.Binary;
using MarketData.Domain.Adjustments;
using MarketData.Domain.Candles;
using MarketData.Domain.Features;

namespace MarketData.Storage.Candles;

/// <summary>
/// Candles by column, oldest first, as they come from the database: what exports are written from, without an object per candle.
/// Disposing gives its memory back to a pool.
/// </summary>
public sealed class CandleBatch : IDisposable
{
    private readonly BatchColumn[] _columns;
    private readonly int _capacity;

    /// <summary>An empty batch for what a query reads.</summary>
    /// <param name="query">The query.</param>
    /// <param name="capacity">Rows at most.</param>
    public CandleBatch(CandleQuery query, int capacity)
    {
        ArgumentNullException.ThrowIfNull(query);
        _capacity = capacity;
        _columns =
        [
            Column("timestamp", BatchColumnKind.Instant, isRequired: true),
            .. query.Values ? CandleColumns(query.Instrument.AssetClass) : [],
            .. query.Features ? FeatureColumns(query) : [],
        ];
    }

    /// <summary>The columns: the candle's, then its features.</summary>
    public IReadOnlyList<BatchColumn> Columns => _columns;

    /// <summary>Rows.</summary>
    public int Count { get; private set; }

    /// <summary>Whether no more rows fit.</summary>
    public bool IsFull => Count == _capacity;

    /// <summary>The opening instant of a row's candle, UTC.</summary>
    public DateTime Timestamp(int row) => new(_columns[0].Integers[row], DateTimeKind.Utc);

    /// <summary>Adjusts prices and volumes as <see cref="AdjustmentFactors.Adjust(in Candle)"/> does.</summary>
    public void Adjust(AdjustmentFactors factors)
    {
        ArgumentNullException.ThrowIfNull(factors);
        if (factors.IsEmpty)
            return;
        var candle = _columns.Where(column => !column.IsFeature).ToArray();
        var prices = candle.Where(column => column.Name is "open" or "high" or "low" or "close" or "vwap").ToArray();
        var volumes = candle.Where(column => column.Name == "volume").ToArray();
        var (date, split, dividend) = (DateOnly.MinValue, 1.0, 1.0);
        for (var row = 0; row < Count; row++)
        {
            if (DateOnly.FromDateTime(Timestamp(row)) is var day && day != date)
                (date, (split, dividend)) = (day, factors.On(day));
            foreach (var price in prices)
                price.Numbers[row] = price.Numbers[row] / split * dividend;
            foreach (var volume in volumes)
                volume.Numbers[row] *= split;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var column in _columns)
            column.Return();
        Count = 0;
    }

    /// <summary>Adds a row of <see cref="BinaryCopyReader"/>.</summary>
    internal void Add(ReadOnlySpan<byte> fields)
    {
        foreach (var column in _columns)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(fields);
            fields = fields[sizeof(int)..];
            if (length < 0)
            {
                column.SetNull(Count);
                continue;
            }

            column.Set(Count, fields[..length]);
            fields = fields[length..];
        }

        Count++;
    }

    internal void Clear() => Count = 0;

    internal void Reverse()
    {
        foreach (var column in _columns)
            column.Reverse(Count);
    }

    /// <summary>Takes the rows after the first <paramref name="count"/> out.</summary>
    internal void Truncate(int count) => Count = Math.Min(Count, count);

    private BatchColumn[] CandleColumns(AssetClass assetClass) =>
    [
        .. from name in (string[])["open", "high", "low", "close", "volume"] select Column(name, BatchColumnKind.Number, isRequired: true),
        Column("vwap", BatchColumnKind.Number),
        Column("trade_count", BatchColumnKind.Integer),
        .. from name in assetClass == AssetClass.Crypto ? CandleSql.Microstructure : [] select Column(name, BatchColumnKind.Number),
        Column("source", BatchColumnKind.Text, isRequired: true),
        Column("is_validated", BatchColumnKind.Flag, isRequired: true),
        Column("quality_score", BatchColumnKind.Number, isRequired: true),
        Column("validation_notes", BatchColumnKind.Notes),
    ];

    private IEnumerable<BatchColumn> FeatureColumns(CandleQuery query)
    {
        var taken = query.Values ? CandleSql.ValueColumns(query.Instrument.AssetClass) : [];
        return from feature in FeatureCatalogue.For(query.Instrument.AssetClass)
               let kind = feature.Labels.Count > 0 ? BatchColumnKind.Text : BatchColumnKind.Number
               let exported = taken.Contains(feature.Name) ? feature.Name + "_feature" : feature.Name
               select new BatchColumn(feature.Name, exported, kind, isFeature: true, isRequired: false, _capacity);
    }

    private BatchColumn Column(string name, BatchColumnKind kind, bool isRequired = false) =>
        new(name, name, kind, isFeature: false, isRequired, _capacity);
}
