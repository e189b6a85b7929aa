using Microsoft.AspNetCore.Http.Features;

namespace MarketData.Api.Requests;

/// <summary>
/// Answers <c>HEAD</c> as <c>GET</c> is answered, but for the body (RFC 9110, 9.3.2): routes are of <c>GET</c> alone. What makes the body is stopped
/// as soon as the headers are there, so that nobody has a whole export made for nothing.
/// </summary>
internal sealed class HeadRequests(RequestDelegate next)
{
    /// <summary>Handles a request.</summary>
    public Task InvokeAsync(HttpContext context) => HttpMethods.IsHead(context.Request.Method) ? AnswerAsync(context) : next(context);

    private async Task AnswerAsync(HttpContext context)
    {
        var caller = context.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>();
        var body = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        using var headers = CancellationTokenSource.CreateLinkedTokenSource(caller.RequestAborted);
        context.Request.Method = HttpMethods.Get;
        context.Features.Set<IHttpRequestLifetimeFeature>(new Until(caller, headers));
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(new NoBody(body, headers), body));
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (headers.IsCancellationRequested && !caller.RequestAborted.IsCancellationRequested)
        {
            // The headers are sent, and nothing else was asked for.
        }
        finally
        {
            context.Request.Method = HttpMethods.Head;
            context.Features.Set(caller);
            context.Features.Set(body);
        }
    }

    // The request ends with its headers. Who finds it cancelled then, and so aborts it, would take them from the caller.
    private sealed class Until(IHttpRequestLifetimeFeature caller, CancellationTokenSource headers) : IHttpRequestLifetimeFeature
    {
        public CancellationToken RequestAborted { get; set; } = headers.Token;

        public void Abort()
        {
            if (!headers.IsCancellationRequested)
                caller.Abort();
        }
    }

    // Sends the headers when the body begins, and takes nothing of it.
    private sealed class NoBody(IHttpResponseBodyFeature answer, CancellationTokenSource headers) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async Task FlushAsync(CancellationToken cancellationToken)
        {
            await answer.StartAsync(CancellationToken.None);
            await headers.CancelAsync();
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            await FlushAsync(cancellationToken);

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => FlushAsync(cancellationToken);

        public override void Write(byte[] buffer, int offset, int count)
        {
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
