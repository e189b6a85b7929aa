namespace MarketData.Web.Live;

/// <summary>
/// Ends what waits for another service when nothing comes for too long: a connection that was lost on the way may stay open and silent for ever.
/// </summary>
internal sealed class SilenceLimit(TimeSpan limit, TimeProvider time)
{
    /// <summary>Waits for the next of what comes.</summary>
    /// <exception cref="TimeoutException">Nothing came in time.</exception>
    public async Task<T> WaitAsync<T>(Func<CancellationToken, Task<T>> next, CancellationToken cancellation)
    {
        using var silence = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellation);
        try
        {
            return await next(either.Token);
        }
        catch (OperationCanceledException e) when (silence.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"nothing came for {limit.TotalSeconds:0} s", e);
        }
    }

    /// <summary>A stream that can be read but for such silences.</summary>
    public Stream Watch(Stream stream) => new WatchedStream(stream, this);

    private sealed class WatchedStream(Stream stream, SilenceLimit limit) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            await limit.WaitAsync(stop => stream.ReadAsync(buffer, stop).AsTask(), cancellationToken);

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
