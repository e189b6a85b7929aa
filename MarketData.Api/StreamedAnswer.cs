namespace MarketData.Api;

/// <summary>
/// An answer that writes itself to the response. What can fail belongs before it, in the handler: until that has returned, the request may
/// still be answered with an error.
/// </summary>
/// <param name="write">Sets headers and writes the body.</param>
/// <param name="release">Gives back what the answer holds, whether or not it was written.</param>
internal sealed class StreamedAnswer(Func<HttpContext, Task> write, Func<ValueTask>? release = null) : IResult, IAsyncDisposable
{
    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        await using (this)
            await write(httpContext);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => release?.Invoke() ?? ValueTask.CompletedTask;
}
