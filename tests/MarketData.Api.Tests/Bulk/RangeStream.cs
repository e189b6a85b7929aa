using System.Net;
using System.Net.Http.Headers;

namespace MarketData.Api.Tests.Bulk;

/// <summary>A file behind an address, read as engines read it: its length by <c>HEAD</c>, then no more than what is needed, by <c>Range</c>.</summary>
internal sealed class RangeStream(HttpClient client, string url) : Stream
{
    private long? _length;

    /// <summary>Bytes that came over the wire.</summary>
    public long BytesRead { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => _length ??= FetchLength();

    public override long Position { get; set; }

    public override int Read(byte[] buffer, int offset, int count)
    {
        var last = Math.Min(Position + count, Length) - 1;
        if (last < Position)
            return 0;
        using var request = new HttpRequestMessage(HttpMethod.Get, url) { Headers = { Range = new RangeHeaderValue(Position, last) } };
        using var answer = client.Send(request);
        answer.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
        using var content = answer.Content.ReadAsStream();
        var read = (int)(last - Position + 1);
        content.ReadExactly(buffer, offset, read);
        (BytesRead, Position) = (BytesRead + read, last + 1);
        return read;
    }

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => Position + offset,
        _ => Length + offset,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private long FetchLength()
    {
        using var answer = client.Send(new HttpRequestMessage(HttpMethod.Head, url));
        return answer.EnsureSuccessStatusCode().Content.Headers.ContentLength!.Value;
    }
}
