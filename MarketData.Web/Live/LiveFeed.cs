using System.Net;

namespace MarketData.Web.Live;

/// <summary>Hands each of the Api's events to every page that listens in this process, and tells whether the stream is up.</summary>
public sealed class LiveFeed
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

    internal void Publish(ApiEvent change) => Changed?.Invoke(change);

    internal void Connected()
    {
        if (IsConnected && LostSince is null)
            return;
        IsConnected = true;
        LostSince = null;
        LostBy = null;
        ConnectionChanged?.Invoke();
    }

    internal void Lost(DateTimeOffset now, HttpStatusCode? by)
    {
        if (!IsConnected && LostBy == by)
            return;
        IsConnected = false;
        LostSince ??= now;
        LostBy = by;
        ConnectionChanged?.Invoke();
    }
}
