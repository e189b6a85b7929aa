using System.IO.Pipelines;
using Apache.Arrow;
using Apache.Arrow.Ipc;
using Apache.Arrow.Types;
using MarketData.Storage.Candles;

namespace MarketData.Api.Historical;

/// <summary>Writes an Arrow IPC stream, a record batch a batch; timestamps are UTC in microseconds.</summary>
/// <param name="output">Where to.</param>
/// <param name="facts">The schema's metadata.</param>
public sealed class ArrowExport(PipeWriter output, IReadOnlyDictionary<string, string>? facts = null) : ICandleExport
{
    private static readonly TimestampType Microseconds = new(TimeUnit.Microsecond, "UTC");

    private readonly PipeStream _stream = new(output);
    private ArrowStreamWriter? _writer;
    private Schema? _schema;

    /// <inheritdoc/>
    public async Task WriteAsync(CandleBatch batch, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(batch);
        _schema ??= new Schema(batch.Columns.Select(column => new Field(column.ExportName, TypeOf(column.Kind), !column.IsRequired)), facts);
        _writer ??= new ArrowStreamWriter(_stream, _schema, leaveOpen: true);
        using var record = new RecordBatch(_schema, batch.Columns.Select(column => ArrayOf(column, batch.Count)), batch.Count);
        await _writer.WriteRecordBatchAsync(record, cancellation);
        await _stream.FlushAsync(cancellation);
    }

    /// <inheritdoc/>
    public async Task CompleteAsync(CancellationToken cancellation)
    {
        await _writer!.WriteEndAsync(cancellation);
        await _stream.FlushAsync(cancellation);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _writer?.Dispose();
        return _stream.DisposeAsync();
    }

    private static ArrowType TypeOf(BatchColumnKind kind) => kind switch
    {
        BatchColumnKind.Instant => Microseconds,
        BatchColumnKind.Number => DoubleType.Default,
        BatchColumnKind.Integer => Int64Type.Default,
        BatchColumnKind.Flag => BooleanType.Default,
        _ => StringType.Default,
    };

    private static IArrowArray ArrayOf(BatchColumn column, int count)
    {
        switch (column.Kind)
        {
            case BatchColumnKind.Instant:
                var instants = new ArrowBuffer.Builder<long>(count);
                foreach (var ticks in column.Integers.AsSpan(0, count))
                    instants.Append((ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond);
                return new TimestampArray(Microseconds, instants.Build(), ArrowBuffer.Empty, count, 0, 0);
            case BatchColumnKind.Number:
                var numbers = column.Numbers.AsSpan(0, count);
                var (present, absent) = Validity(count, row => !double.IsNaN(column.Numbers[row]));
                return new DoubleArray(new ArrowBuffer.Builder<double>(count).Append(numbers).Build(), present, count, absent, 0);
            case BatchColumnKind.Integer:
                var integers = column.Integers.AsSpan(0, count);
                var (known, unknown) = Validity(count, row => column.Integers[row] != BatchColumn.NullInteger);
                return new Int64Array(new ArrowBuffer.Builder<long>(count).Append(integers).Build(), known, count, unknown, 0);
            case BatchColumnKind.Flag:
                return new BooleanArray.Builder().Reserve(count).AppendRange(column.Flags.Take(count)).Build();
            case BatchColumnKind.Notes:
                var notes = column.Notes.Take(count).Select(ids => ids is null ? null : string.Join(' ', ids));
                return new StringArray.Builder().Reserve(count).AppendRange(notes!).Build();
            default:
                return new StringArray.Builder().Reserve(count).AppendRange(column.Texts.Take(count)!).Build();
        }
    }

    private static (ArrowBuffer Bitmap, int Nulls) Validity(int count, Func<int, bool> isPresent)
    {
        var bitmap = new ArrowBuffer.BitmapBuilder(count);
        for (var row = 0; row < count; row++)
            bitmap.Append(isPresent(row));
        return bitmap.UnsetBitCount == 0 ? (ArrowBuffer.Empty, 0) : (bitmap.Build(), bitmap.UnsetBitCount);
    }
}
