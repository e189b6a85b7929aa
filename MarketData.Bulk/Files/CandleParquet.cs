using System.Buffers;
using System.IO.Compression;
using MarketData.Storage.Candles;
using Parquet;
using Parquet.Schema;

namespace MarketData.Bulk.Files;

/// <summary>Writes a Parquet file of candles, Snappy-compressed, a row group a batch; timestamps are UTC in microseconds.</summary>
/// <remarks>The same rows in the same batches give the same bytes.</remarks>
/// <param name="output">Where to; it need not be able to seek.</param>
/// <param name="facts">The file's metadata.</param>
public sealed class CandleParquet(Stream output, IReadOnlyDictionary<string, string>? facts = null)
{
    private static readonly ParquetOptions Options = new()
    {
        CompressionMethod = CompressionMethod.Snappy,
        CompressionLevel = CompressionLevel.Fastest,
        // Most columns are numbers that hardly repeat: a look at the first thousand tells.
        DictionaryEncodingSampleSize = 1_000,
        MaximumSmallPoolFreeBytes = 4_000_000,
        MaximumLargePoolFreeBytes = 16_000_000,
    };

    private ParquetWriter? _writer;
    private DataField[] _fields = [];

    /// <summary>Writes a row group.</summary>
    public async Task WriteAsync(CandleBatch batch, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (_writer is null)
        {
            var schema = new ParquetSchema(batch.Columns.Select(Field));
            _fields = schema.GetDataFields();
            _writer = await ParquetWriter.CreateAsync(schema, output, Options, cancellationToken: cancellation);
            if (facts is not null)
                _writer.CustomMetadata = facts;
        }

        if (batch.Count > 0)
        {
            using var group = _writer.CreateRowGroup();
            for (var i = 0; i < batch.Columns.Count; i++)
                await WriteAsync(group, _fields[i], batch.Columns[i], batch.Count, cancellation);
            group.CompleteValidate();
        }
    }

    /// <summary>Writes the footer. A file without one is not taken for a whole one.</summary>
    public async Task CompleteAsync()
    {
        if (_writer is not null)
            await _writer.DisposeAsync();
        _writer = null;
    }

    private static DataField Field(BatchColumn column) => column.Kind switch
    {
        BatchColumnKind.Instant => new DateTimeDataField(
            column.ExportName, DateTimeFormat.Timestamp, isAdjustedToUTC: true, DateTimeTimeUnit.Micros, isNullable: false),
        BatchColumnKind.Number => new DataField(column.ExportName, typeof(double), isNullable: !column.IsRequired),
        BatchColumnKind.Integer => new DataField(column.ExportName, typeof(long), isNullable: !column.IsRequired),
        BatchColumnKind.Flag => new DataField(column.ExportName, typeof(bool), isNullable: false),
        _ => new DataField(column.ExportName, typeof(string), isNullable: !column.IsRequired),
    };

    private static Task WriteAsync(
        ParquetRowGroupWriter group, DataField field, BatchColumn column, int count, CancellationToken cancellation) =>
        column.Kind switch
        {
            BatchColumnKind.Instant => WriteAsync(
                group, field, count, row => new DateTime(column.Integers[row], DateTimeKind.Utc), cancellation),
            BatchColumnKind.Number when column.IsRequired => group.WriteAsync<double>(
                field, column.Numbers.AsMemory(0, count), cancellationToken: cancellation),
            BatchColumnKind.Number => WriteOptionalAsync<double>(
                group, field, count, row => double.IsNaN(column.Numbers[row]) ? null : column.Numbers[row], cancellation),
            BatchColumnKind.Integer => WriteOptionalAsync<long>(
                group, field, count, row => column.Integers[row] == BatchColumn.NullInteger ? null : column.Integers[row], cancellation),
            BatchColumnKind.Flag => group.WriteAsync<bool>(field, column.Flags.AsMemory(0, count), cancellationToken: cancellation),
            BatchColumnKind.Notes => group.WriteAsync(
                field, [.. column.Notes.AsSpan(0, count).ToArray().Select(notes => notes is null ? null : string.Join(' ', notes))]),
            _ => group.WriteAsync(field, new ArraySegment<string?>(column.Texts, 0, count)!),
        };

    private static async Task WriteAsync<T>(
        ParquetRowGroupWriter group, DataField field, int count, Func<int, T> value, CancellationToken cancellation)
        where T : struct
    {
        var values = ArrayPool<T>.Shared.Rent(count);
        for (var row = 0; row < count; row++)
            values[row] = value(row);
        await group.WriteAsync<T>(field, values.AsMemory(0, count), cancellationToken: cancellation);
        ArrayPool<T>.Shared.Return(values);
    }

    private static async Task WriteOptionalAsync<T>(
        ParquetRowGroupWriter group, DataField field, int count, Func<int, T?> value, CancellationToken cancellation)
        where T : struct
    {
        var values = ArrayPool<T?>.Shared.Rent(count);
        for (var row = 0; row < count; row++)
            values[row] = value(row);
        await group.WriteAsync<T>(field, values.AsMemory(0, count), cancellationToken: cancellation);
        ArrayPool<T?>.Shared.Return(values);
    }
}
