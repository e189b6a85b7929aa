using System.Buffers;
using System.IO.Pipelines;
using Microsoft.Win32.SafeHandles;

namespace MarketData.Api.Historical;

/// <summary>
/// Stands between the database and the reader of an export: takes what is written at the database's pace, and keeps what the reader has not taken
/// yet, a little in memory and the rest in a temporary file. So a connection is held for as long as the database needs, not the reader; and all of
/// an export is of one snapshot.
/// </summary>
/// <remarks>One writes and one reads, at the same time. Where there is no room left in <see cref="SpoolSpace"/> the writer waits for the reader.</remarks>
internal sealed class ExportSpool(SpoolSpace space) : Stream
{
    private const int PieceBytes = 64 * 1024;
    private const int MostPiecesInMemory = 16;

    private readonly Lock _gate = new();
    private readonly Queue<(byte[] Piece, int Length)> _memory = new();
    private readonly SemaphoreSlim _filled = new(0, 1);
    private readonly SemaphoreSlim _drained = new(0, 1);
    private SafeFileHandle? _file;
    private bool _hasNoFile;
    private bool _isWriting;
    private long _writtenAt;
    private long _readAt;
    private bool _isComplete;
    private Exception? _failure;
    private bool _isAbandoned;

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        for (var at = 0; at < buffer.Length; at += PieceBytes)
        {
            var piece = buffer.Slice(at, Math.Min(PieceBytes, buffer.Length - at));
            while (!await TryKeepAsync(piece, cancellationToken))
                await _drained.WaitAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Says that nothing more is written.</summary>
    /// <param name="failure">Why it ends before its end; null when it does not.</param>
    public void Complete(Exception? failure)
    {
        lock (_gate)
            (_isComplete, _failure) = (true, failure);
        Signal(_filled);
    }

    /// <summary>Says that nobody reads any more: what is written from now on fails.</summary>
    public void Abandon()
    {
        lock (_gate)
            _isAbandoned = true;
        Signal(_drained);
    }

    /// <summary>Sends all that is written, in its order, as fast as it is taken.</summary>
    public async Task SendAsync(PipeWriter output, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            while (true)
            {
                var (piece, length, isEnd) = Next();
                if (isEnd)
                    break;
                if (length == 0)
                {
                    await _filled.WaitAsync(cancellation);
                    continue;
                }

                if (piece is null)
                    length = await ReadFileAsync(buffer, length, cancellation);
                await output.WriteAsync((piece ?? buffer).AsMemory(0, length), cancellation);
                if (piece is not null)
                    ArrayPool<byte>.Shared.Return(piece);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        if (_failure is not null)
            throw new IOException("The export broke off.", _failure);
    }

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            space.GiveBack(_writtenAt);
            _writtenAt = 0;
            _file?.Dispose();
            _filled.Dispose();
            _drained.Dispose();
        }

        base.Dispose(disposing);
    }

    // Into memory while nothing is in the file, which comes after it.
    private async ValueTask<bool> TryKeepAsync(ReadOnlyMemory<byte> piece, CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (_isAbandoned)
                throw new IOException("The reader of the export has gone.");
            if (_readAt == _writtenAt && _memory.Count < MostPiecesInMemory)
            {
                var copy = ArrayPool<byte>.Shared.Rent(piece.Length);
                piece.CopyTo(copy);
                _memory.Enqueue((copy, piece.Length));
                Signal(_filled);
                return true;
            }

            if (_hasNoFile || !space.TryTake(piece.Length))
                return false;
            _isWriting = true;
        }

        var isKept = await WriteFileAsync(piece, cancellation);
        lock (_gate)
        {
            _isWriting = false;
            if (isKept)
                _writtenAt += piece.Length;
            else
                space.GiveBack(piece.Length);
            // Else the writer would wait for what the reader has done already.
            if (!isKept && _readAt == _writtenAt)
                Signal(_drained);
        }

        Signal(_filled);
        return isKept;
    }

    private async Task<bool> WriteFileAsync(ReadOnlyMemory<byte> piece, CancellationToken cancellation)
    {
        try
        {
            _file ??= Open();
            await RandomAccess.WriteAsync(_file, piece, _writtenAt, cancellation);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            space.Report(e);
            _hasNoFile = true;
            return false;
        }
    }

    private static SafeFileHandle Open()
    {
        var path = Path.Combine(Path.GetTempPath(), $"marketdata-export-{Guid.NewGuid():N}");
        var file = File.OpenHandle(
            path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose | FileOptions.Asynchronous);
        // Without a name already, a process that is killed leaves nothing behind.
        if (!OperatingSystem.IsWindows())
            File.Delete(path);
        return file;
    }

    private (byte[]? Piece, int Length, bool IsEnd) Next()
    {
        lock (_gate)
        {
            if (_memory.TryDequeue(out var piece))
            {
                Signal(_drained);
                return (piece.Piece, piece.Length, false);
            }

            return _readAt < _writtenAt
                ? (null, (int)Math.Min(PieceBytes, _writtenAt - _readAt), false)
                : (null, 0, _isComplete);
        }
    }

    private async Task<int> ReadFileAsync(byte[] buffer, int length, CancellationToken cancellation)
    {
        var read = await RandomAccess.ReadAsync(_file!, buffer.AsMemory(0, length), _readAt, cancellation);
        if (read == 0)
            throw new EndOfStreamException("The temporary file of an export is shorter than what was written to it.");
        lock (_gate)
        {
            _readAt += read;
            // All of it is read: it begins anew, and its room is another's.
            if (_readAt == _writtenAt && !_isWriting)
            {
                space.GiveBack(_writtenAt);
                (_readAt, _writtenAt) = (0, 0);
                Signal(_drained);
            }
        }

        return read;
    }

    private static void Signal(SemaphoreSlim signal)
    {
        try
        {
            if (signal.CurrentCount == 0)
                signal.Release();
        }
        catch (SemaphoreFullException)
        {
            // The other side has been told already.
        }
    }
}
