using System.Buffers.Binary;
using Npgsql;

namespace MarketData.Storage.Candles;

/// <summary>
/// Writes rows in the binary format of COPY, a few large messages instead of a call per value: with bars by the ten thousand the calls cost
/// more than the database does. A copy that is not completed counts for nothing only in a transaction that is rolled back.
/// </summary>
/// <remarks>Source: PostgreSQL documentation, COPY, "Binary Format".</remarks>
internal sealed class BinaryCopy : IAsyncDisposable
{
    private const int FlushFrom = 32 * 1024;

    /// <summary>The instant from which PostgreSQL counts microseconds.</summary>
    public static readonly DateTime Epoch = new(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly NpgsqlRawCopyStream _stream;
    private byte[] _buffer = GC.AllocateUninitializedArray<byte>(FlushFrom * 2);
    private int _length;

    private BinaryCopy(NpgsqlRawCopyStream stream) => _stream = stream;

    /// <summary>Begins a copy into a table.</summary>
    public static async Task<BinaryCopy> BeginAsync(NpgsqlConnection connection, string table, string columns, CancellationToken cancellation)
    {
        var copy = new BinaryCopy(await connection.BeginRawBinaryCopyAsync($"COPY {table} ({columns}) FROM STDIN (FORMAT BINARY)", cancellation));
        // The signature, then no flags and no extension.
        "PGCOPY\n"u8.CopyTo(copy.Take(7));
        ((ReadOnlySpan<byte>)[0xFF, (byte)'\r', (byte)'\n', 0, 0, 0, 0, 0, 0, 0, 0, 0]).CopyTo(copy.Take(12));
        return copy;
    }

    /// <summary>Begins a row of so many values, after sending what has gathered.</summary>
    public ValueTask StartRowAsync(short values, CancellationToken cancellation)
    {
        var flushed = _length >= FlushFrom ? FlushAsync(cancellation) : ValueTask.CompletedTask;
        if (!flushed.IsCompletedSuccessfully)
            return StartRowAfterAsync(flushed, values);
        BinaryPrimitives.WriteInt16BigEndian(Take(sizeof(short)), values);
        return ValueTask.CompletedTask;
    }

    /// <summary>Writes a number; NaN as null.</summary>
    public void Write(double value)
    {
        if (double.IsNaN(value))
            WriteNull();
        else
            BinaryPrimitives.WriteDoubleBigEndian(Field(sizeof(double)), value);
    }

    /// <summary>Writes an integer.</summary>
    public void Write(long? value)
    {
        if (value is { } number)
            BinaryPrimitives.WriteInt64BigEndian(Field(sizeof(long)), number);
        else
            WriteNull();
    }

    /// <summary>Writes an integer of 32 bits.</summary>
    public void Write(int value) => BinaryPrimitives.WriteInt32BigEndian(Field(sizeof(int)), value);

    /// <summary>Writes an integer of 16 bits.</summary>
    public void Write(short value) => BinaryPrimitives.WriteInt16BigEndian(Field(sizeof(short)), value);

    /// <summary>Writes a truth value.</summary>
    public void Write(bool value) => Field(sizeof(byte))[0] = value ? (byte)1 : (byte)0;

    /// <summary>Writes an instant, UTC.</summary>
    public void Write(DateTime value) => BinaryPrimitives.WriteInt64BigEndian(Field(sizeof(long)), (value.Ticks - Epoch.Ticks) / TimeSpan.TicksPerMicrosecond);

    private void WriteNull() => BinaryPrimitives.WriteInt32BigEndian(Take(sizeof(int)), -1);

    /// <summary>Ends the copy; throws what the database has against the rows.</summary>
    public async Task CompleteAsync(CancellationToken cancellation)
    {
        BinaryPrimitives.WriteInt16BigEndian(Take(sizeof(short)), -1);
        await FlushAsync(cancellation);
        await _stream.DisposeAsync();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private async ValueTask StartRowAfterAsync(ValueTask flushed, short values)
    {
        await flushed;
        BinaryPrimitives.WriteInt16BigEndian(Take(sizeof(short)), values);
    }

    private async ValueTask FlushAsync(CancellationToken cancellation)
    {
        await _stream.WriteAsync(_buffer.AsMemory(0, _length), cancellation);
        _length = 0;
    }

    private Span<byte> Field(int length)
    {
        var field = Take(sizeof(int) + length);
        BinaryPrimitives.WriteInt32BigEndian(field, length);
        return field[sizeof(int)..];
    }

    private Span<byte> Take(int length)
    {
        if (_buffer.Length - _length < length)
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + length));
        _length += length;
        return _buffer.AsSpan(_length - length, length);
    }
}
