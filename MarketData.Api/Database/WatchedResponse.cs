using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace MarketData.Api.Database;

/// <summary>
/// The response as a request's handler sees it until it has something to say. It belongs to whoever comes first: to the handler once that
/// begins the body, or to <see cref="DatabaseWatch"/> once that takes it away; what a handler sets after that reaches nobody.
/// </summary>
internal sealed class WatchedResponse(IHttpResponseFeature response, IHttpResponseBodyFeature body) : IHttpResponseFeature, IHttpResponseBodyFeature
{
    private readonly Lock _gate = new();
    private readonly List<(Func<object, Task> Callback, object State)> _starting = [];
    private volatile Owner _owner;
    // What the handler has set so far.
    private readonly HttpResponseFeature _pending = new()
    {
        StatusCode = response.StatusCode,
        ReasonPhrase = response.ReasonPhrase,
        Headers = new HeaderDictionary(response.Headers.ToDictionary(StringComparer.OrdinalIgnoreCase)),
    };

    private enum Owner
    {
        Nobody,
        Handler,
        Watch,
    }

    /// <summary>Whether the handler has begun to answer.</summary>
    public bool HasBegun => _owner == Owner.Handler;

    /// <inheritdoc/>
    public bool HasStarted => HasBegun ? response.HasStarted : _owner == Owner.Watch;

    /// <inheritdoc/>
    public int StatusCode
    {
        get => Current.StatusCode;
        set => Current.StatusCode = value;
    }

    /// <inheritdoc/>
    public string? ReasonPhrase
    {
        get => Current.ReasonPhrase;
        set => Current.ReasonPhrase = value;
    }

    /// <inheritdoc/>
    public IHeaderDictionary Headers
    {
        get => Current.Headers;
        set => Current.Headers = value;
    }

    /// <inheritdoc/>
    public Stream Body
    {
        get => Stream;
        set => throw new NotSupportedException("The body is replaced by setting IHttpResponseBodyFeature.");
    }

    /// <inheritdoc/>
    public Stream Stream => Begun().Stream;

    /// <inheritdoc/>
    public PipeWriter Writer => Begun().Writer;

    /// <summary>Gives the response to the handler for good.</summary>
    /// <exception cref="OperationCanceledException">It was taken away.</exception>
    public void Begin()
    {
        lock (_gate)
        {
            if (_owner == Owner.Watch)
                throw new OperationCanceledException("The request was answered for want of the database.");
            if (_owner == Owner.Handler)
                return;
            (response.StatusCode, response.ReasonPhrase) = (_pending.StatusCode, _pending.ReasonPhrase);
            response.Headers.Clear();
            foreach (var (name, values) in _pending.Headers)
                response.Headers[name] = values;
            foreach (var (callback, state) in _starting)
                response.OnStarting(callback, state);
            _owner = Owner.Handler;
        }
    }

    /// <summary>Takes the response away from the handler, unless that has begun to answer.</summary>
    public bool TryTake()
    {
        lock (_gate)
        {
            if (_owner == Owner.Handler)
                return false;
            _owner = Owner.Watch;
            return true;
        }
    }

    /// <inheritdoc/>
    public void OnStarting(Func<object, Task> callback, object state)
    {
        lock (_gate)
        {
            if (_owner == Owner.Handler)
                response.OnStarting(callback, state);
            else
                _starting.Add((callback, state));
        }
    }

    /// <inheritdoc/>
    public void OnCompleted(Func<object, Task> callback, object state) => response.OnCompleted(callback, state);

    /// <inheritdoc/>
    public void DisableBuffering() => Begun().DisableBuffering();

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken = default) => Begun().StartAsync(cancellationToken);

    /// <inheritdoc/>
    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        Begun().SendFileAsync(path, offset, count, cancellationToken);

    /// <inheritdoc/>
    public Task CompleteAsync() => Begun().CompleteAsync();

    private IHttpResponseFeature Current => HasBegun ? response : _pending;

    private IHttpResponseBodyFeature Begun()
    {
        Begin();
        return body;
    }
}
