using System.Buffers;
using System.Buffers.Binary;
using Npgsql;

namespace MarketData.Storage.Candles;

/// <summary>
/// Reads the rows of a query in the binary format of COPY, a row at a time as bytes: with candles by the ten thousand a call per value costs
/// more than the database does.
/// </summary>
/// <remarks>Source: PostgreSQL documentation, COPY, "Binary Format".</remarks>
internal sealed class BinaryCopyReader : IAsyncDisposable
{
    // The signature, the flags and the length of an extension that no version has.
    private const int HeaderLength = 19;
    private const short Trailer = -1;
    private const int InitialLength = 16 * 1024;

    private readonly NpgsqlRawCopyStream _stream;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(InitialLength);
    private int _start = -HeaderLength;
    private int _end;
    private int _row;
    private bool _isComplete;
    private bool _isReading;

    private BinaryCopyReader(NpgsqlRawCopyStream stream) => _stream = stream;

    /// <summary>
    /// The fields of the row that was read, each its length as a big-endian 32-bit number, -1 for null, then so many bytes. Valid until the
    /// next is asked for.
    /// </summary>
    public ReadOnlySpan<byte> Row => _buffer.AsSpan(_row, _start - _row);

    /// <summary>Begins to read.</summary>
    /// <param name="connection">Where from; of no other use until this is disposed.</param>
    /// <param name="name">What the query is for.</param>
    /// <param name="query">A query without parameters, which COPY can't have.</param>
    /// <param name="cancellation">Stops it.</param>
    public static async Task<BinaryCopyReader> BeginAsync(NpgsqlConnection connection, string name, string query, CancellationToken cancellation) =>
        new(await connection.BeginRawBinaryCopyAsync($"COPY ({Sql.Named(name, query)}) TO STDOUT (FORMAT BINARY)", cancellation));

    /// <summary>Reads the next row.</summary>
    /// <returns>Whether there was one.</returns>
    public ValueTask<bool> ReadAsync(CancellationToken cancellation)
    {
        if (_isComplete)
            return ValueTask.FromResult(false);
        return TryTakeRow() ? ValueTask.FromResult(!_isComplete) : ReadFromStreamAsync(cancellation);
    }

    /// <summary>Ends the query, whether all of it has been read or not.</summary>
    public async ValueTask DisposeAsync()
    {
        // Else disposing would fetch all the rest first. A read that failed has ended the query.
        if (!_isComplete && !_isReading)
            await _stream.CancelAsync();
        await _stream.DisposeAsync();
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private async ValueTask<bool> ReadFromStreamAsync(CancellationToken cancellation)
    {
        _isReading = true;
        do
        {
            MakeRoom();
            var length = await _stream.ReadAsync(_buffer.AsMemory(_end), cancellation);
            if (length == 0)
                throw new InvalidDataException("The database ended a copy before its trailer.");
            _end += length;
        }
        while (!TryTakeRow());

        if (_isComplete)
        {
            // What follows the trailer makes the connection free again.
            await _stream.CopyToAsync(Stream.Null, cancellation);
        }

        _isReading = false;
        return !_isComplete;
    }

    private void MakeRoom()
    {
        if (_end < _buffer.Length)
            return;
        var from = Math.Max(_start, 0);
        var rest = _buffer.AsSpan(from, _end - from);
        var buffer = _buffer;
        if (rest.Length > _buffer.Length / 2)
            buffer = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
        rest.CopyTo(buffer);
        if (buffer != _buffer)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = buffer;
        (_start, _end) = (_start - from, rest.Length);
    }

    private bool TryTakeRow()
    {
        if (_start < 0)
        {
            if (_end < HeaderLength)
                return false;
            _start = HeaderLength;
        }

        var available = _buffer.AsSpan(_start, _end - _start);
        if (available.Length < sizeof(short))
            return false;
        var fields = BinaryPrimitives.ReadInt16BigEndian(available);
        if (fields == Trailer)
        {
            _isComplete = true;
            return true;
        }

        var length = sizeof(short);
        for (; fields > 0; fields--)
        {
            if (available.Length < length + sizeof(int))
                return false;
            length += sizeof(int) + Math.Max(0, BinaryPrimitives.ReadInt32BigEndian(available[length..]));
        }

        if (available.Length < length)
            return false;
        (_row, _start) = (_start + sizeof(short), _start + length);
        return true;
    }
}
