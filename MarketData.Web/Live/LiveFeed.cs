using System.Net;

namespace MarketData.Web.Live;

/// <summary>Hands each of the Api's events to every page that listens in this process, and tells whether the stream is up.</summary>
public sealed partial class LiveFeed(ILogger<LiveFeed> logger)
{
    /// <summary>A change was reported. Handlers must return at once.</summary>
    public event Action<ApiEvent>? Changed;

    /// <summary>The stream was lost or came back; whoever shows data should load it again when it came back.</summary>
    public event Action? ConnectionChanged;

    /// <summary>Whether events arrive. True until the first attempt has failed, so that a page does not open with an alarm.</summary>
    public bool IsConnected { get; private set; } = true;

    /// <summary>Since when events do not arrive; null while they do.</summary>
    public DateTimeOffset? LostSince { get; private set; }

    /// <summary>What the Api answered instead of events; null when it did not answer.</summary>
    public HttpStatusCode? LostBy { get; private set; }

    internal void Publish(ApiEvent change) => Tell(Changed, handler => handler(change));

    internal void Connected()
    {
        if (IsConnected && LostSince is null)
            return;
        IsConnected = true;
        LostSince = null;
        LostBy = null;
        Tell(ConnectionChanged, static handler => handler());
    }

    internal void Lost(DateTimeOffset now, HttpStatusCode? by)
    {
        if (!IsConnected && LostBy == by)
            return;
        IsConnected = false;
        LostSince ??= now;
        LostBy = by;
        Tell(ConnectionChanged, static handler => handler());
    }

    // A page that fails keeps neither the others from hearing nor the stream from being read.
    private void Tell<T>(T? handlers, Action<T> tell) where T : Delegate
    {
        foreach (var handler in Delegate.EnumerateInvocationList(handlers))
        {
            try
            {
                tell(handler);
            }
            catch (Exception failure)
            {
                LogFailed(handler.Target?.GetType().Name, failure);
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "{Listener} cannot take what the API's events say")]
    private partial void LogFailed(string? listener, Exception exception);
}
