using System.Runtime.CompilerServices;
using MarketData.Domain.Candles;
using Parquet;
using Parquet.Schema;

namespace MarketData.Api.Imports;

/// <summary>Reads rows of a Parquet file, a row group at a time.</summary>
internal sealed class ParquetRows : IBarRows
{
    private const int Portion = 1_024;
    // What a row group takes in memory while it is read is bounded by this.
    private const int MostRowsOfGroup = 4_000_000;

    private static readonly string[] Numbers =
    [
        "open", "high", "low", "close", "volume", "vwap", "trade_count", "open_interest", "funding_rate", "long_short_ratio", "long_liquidations",
        "short_liquidations", "taker_buy_volume", "taker_sell_volume",
    ];

    private readonly ParquetReader _reader;
    private readonly DataField[] _fields;
    private readonly ColumnMapping _columns;
    private readonly BarReading _reading;

    private ParquetRows(ParquetReader reader, BarReading reading)
    {
        (_reader, _reading) = (reader, reading);
        _fields = reader.Schema.GetDataFields();
        _columns = ColumnMapping.Of([.. _fields.Select(field => field.Name)], reading.Columns);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> IgnoredColumns => _columns.Ignored;

    /// <inheritdoc/>
    public bool HasVolume => _columns["volume"] >= 0;

    /// <inheritdoc/>
    public bool HasSymbol => _columns["symbol"] >= 0;

    /// <summary>Reads the file's schema.</summary>
    /// <param name="file">The file, which can be read from any place of it.</param>
    /// <param name="reading">How it is to be read.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="UnreadableImportException">It is no Parquet file, or has no columns that are known.</exception>
    public static async Task<ParquetRows> OpenAsync(Stream file, BarReading reading, CancellationToken cancellation)
    {
        if (file.Length == 0)
            throw new UnreadableImportException("body", "There is nothing in the file.");
        try
        {
            return new ParquetRows(await ParquetReader.CreateAsync(file, cancellationToken: cancellation), reading);
        }
        catch (Exception e) when (e is not (OperationCanceledException or UnreadableImportException))
        {
            // The library has no exception of its own for this.
            throw new UnreadableImportException("body", $"The file is no Parquet file: {e.Message}");
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ReadOnlyMemory<BarRow>> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        var rows = new BarRow[Portion];
        var line = 0L;
        for (var i = 0; i < _reader.RowGroupCount; i++)
        {
            var group = await ReadGroupAsync(i, cancellation);
            for (var start = 0; start < group.Count; start += Portion)
            {
                var count = Math.Min(Portion, group.Count - start);
                for (var row = 0; row < count; row++)
                    rows[row] = group.Row(start + row, ++line);
                yield return rows.AsMemory(0, count);
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _reader.DisposeAsync();

    private async Task<Group> ReadGroupAsync(int index, CancellationToken cancellation)
    {
        using var group = _reader.OpenRowGroupReader(index);
        if (group.RowCount > MostRowsOfGroup)
        {
            throw new UnreadableImportException(
                "body", $"Row group {index} has {group.RowCount} rows, and may have {MostRowsOfGroup}: write the file with smaller ones.");
        }

        var count = (int)group.RowCount;
        try
        {
            var values = new double[Numbers.Length][];
            for (var i = 0; i < Numbers.Length; i++)
                values[i] = _columns[Numbers[i]] is var place and >= 0 ? await ReadNumbersAsync(group, _fields[place], count, cancellation) : [];
            var stamps = await ReadStampsAsync(group, _fields[_columns["time"]], count, cancellation);
            return new Group(
                count, stamps, values, await ReadTextsAsync(group, "symbol", count, cancellation), await ReadTextsAsync(group, "timeframe", count, cancellation),
                _columns);
        }
        catch (Exception e) when (e is not (OperationCanceledException or UnreadableImportException))
        {
            throw new UnreadableImportException("body", $"Row group {index} can't be read: {e.Message}");
        }
    }

    private static async Task<double[]> ReadNumbersAsync(ParquetRowGroupReader group, DataField field, int count, CancellationToken cancellation) =>
        field.ClrType switch
        {
            var type when type == typeof(double) => await ReadAsync<double, double>(group, field, count, static value => value, double.NaN, cancellation),
            var type when type == typeof(float) => await ReadAsync<float, double>(group, field, count, static value => value, double.NaN, cancellation),
            var type when type == typeof(decimal) => await ReadAsync<decimal, double>(group, field, count, static value => (double)value, double.NaN, cancellation),
            var type when type == typeof(long) => await ReadAsync<long, double>(group, field, count, static value => value, double.NaN, cancellation),
            var type when type == typeof(ulong) => await ReadAsync<ulong, double>(group, field, count, static value => value, double.NaN, cancellation),
            var type when type == typeof(int) => await ReadAsync<int, double>(group, field, count, static value => value, double.NaN, cancellation),
            var type when type == typeof(uint) => await ReadAsync<uint, double>(group, field, count, static value => value, double.NaN, cancellation),
            _ => throw new UnreadableImportException(field.Name, $"The column {field.Name} holds no numbers, but {field.ClrType.Name}."),
        };

    private async Task<BarStamp?[]> ReadStampsAsync(ParquetRowGroupReader group, DataField field, int count, CancellationToken cancellation)
    {
        var isInstant = field is not DateTimeDataField { IsAdjustedToUTC: false };
        var kind = field is DateTimeDataField { DateTimeFormat: DateTimeFormat.Date } ? StampKind.Date : isInstant ? StampKind.Instant : StampKind.Local;
        return field.ClrType switch
        {
            var type when type == typeof(DateTime) => await ReadAsync<DateTime, BarStamp?>(
                group, field, count,
                value => new BarStamp(DateTime.SpecifyKind(value, kind == StampKind.Instant ? DateTimeKind.Utc : DateTimeKind.Unspecified), kind), null,
                cancellation),
            var type when type == typeof(DateOnly) => await ReadAsync<DateOnly, BarStamp?>(
                group, field, count, static value => new BarStamp(value.ToDateTime(TimeOnly.MinValue), StampKind.Date), null, cancellation),
            var type when type == typeof(long) => await ReadAsync<long, BarStamp?>(group, field, count, static value => Count(value), null, cancellation),
            var type when type == typeof(int) => await ReadAsync<int, BarStamp?>(group, field, count, static value => Count(value), null, cancellation),
            var type when type == typeof(double) => await ReadAsync<double, BarStamp?>(
                group, field, count, static value => double.IsFinite(value) && Math.Abs(value) < 1e20 ? Count((decimal)value) : null, null, cancellation),
            _ when IsText(field) =>
                [.. (await ReadTextsAsync(group, "time", count, cancellation))!.Select(text => _reading.Times.TryRead(text, out var stamp) ? stamp : (BarStamp?)null)],
            _ => throw new UnreadableImportException(field.Name, $"The column {field.Name} holds no times, but {field.ClrType.Name}."),
        };
    }

    private static bool IsText(DataField field) => field.ClrType == typeof(string) || field.ClrType == typeof(ReadOnlyMemory<char>);

    private static BarStamp? Count(decimal count) => BarTimes.TryCount(count, out var stamp) ? stamp : null;

    private async Task<string?[]?> ReadTextsAsync(ParquetRowGroupReader group, string name, int count, CancellationToken cancellation)
    {
        if (_columns[name] < 0)
            return null;
        var field = _fields[_columns[name]];
        if (!IsText(field))
            throw new UnreadableImportException(field.Name, $"The column {field.Name} holds no text, but {field.ClrType.Name}.");
        var texts = new string?[count];
        await group.ReadAsync(field, texts.AsMemory(), cancellationToken: cancellation);
        return texts;
    }

    private static async Task<TValue[]> ReadAsync<T, TValue>(
        ParquetRowGroupReader group, DataField field, int count, Func<T, TValue> convert, TValue missing, CancellationToken cancellation)
        where T : struct
    {
        var values = new TValue[count];
        if (field.IsNullable)
        {
            var read = new T?[count];
            await group.ReadAsync<T>(field, read.AsMemory(), cancellationToken: cancellation);
            for (var i = 0; i < count; i++)
                values[i] = read[i] is { } value ? convert(value) : missing;
            return values;
        }

        var all = new T[count];
        await group.ReadAsync<T>(field, all.AsMemory(), cancellationToken: cancellation);
        for (var i = 0; i < count; i++)
            values[i] = convert(all[i]);
        return values;
    }

    private sealed record Group(int Count, BarStamp?[] Stamps, double[][] Values, string?[]? Symbols, string?[]? Timeframes, ColumnMapping Columns)
    {
        public BarRow Row(int index, long line)
        {
            var row = new BarRow { Line = line, Symbol = Symbols?[index], Timeframe = Timeframes?[index] };
            if (Stamps[index] is not { } stamp)
                row.Flaw = new RowFlaw(Columns.ColumnOf("time"), null, "is empty, or no time of a candle.");
            else
                row.Stamp = stamp;
            row.Candle = new Candle
            {
                Timestamp = default,
                Open = Value(0, index),
                High = Value(1, index),
                Low = Value(2, index),
                Close = Value(3, index),
                // No volume is none traded.
                Volume = Value(4, index) is var volume && double.IsNaN(volume) ? 0 : volume,
                Vwap = Value(5, index),
                TradeCount = Value(6, index) is var trades && double.IsNaN(trades) ? null : (long)trades,
                OpenInterest = Value(7, index),
                FundingRate = Value(8, index),
                LongShortRatio = Value(9, index),
                LongLiquidations = Value(10, index),
                ShortLiquidations = Value(11, index),
                TakerBuyVolume = Value(12, index),
                TakerSellVolume = Value(13, index),
            };
            return row;
        }

        private double Value(int number, int index) => Values[number].Length == 0 ? double.NaN : Values[number][index];
    }
}
