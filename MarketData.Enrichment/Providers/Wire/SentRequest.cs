using System.Diagnostics.Tracing;

namespace MarketData.Enrichment.Providers.Wire;

/// <summary>
/// Whether a request went out. The client alone knows: one that was given up, or that failed, may have waited for its connection until then. It says so
/// by an event (System.Net.Http, <c>RequestHeadersStart</c>) in the flow of the request.
/// </summary>
internal sealed class SentRequest
{
    private static readonly AsyncLocal<SentRequest?> Current = new();
    private static readonly Listener Events = new();

    private volatile bool _hasGone;

    private SentRequest()
    {
    }

    /// <summary>Whether its headers went out.</summary>
    public bool HasGone => _hasGone;

    /// <summary>Watches the next request of the method that calls it.</summary>
    public static SentRequest Watch()
    {
        GC.KeepAlive(Events);
        return Current.Value = new SentRequest();
    }

    private sealed class Listener : EventListener
    {
        private const string Client = "System.Net.Http";
        private const string HeadersStart = "RequestHeadersStart";

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == Client)
                EnableEvents(eventSource, EventLevel.Informational);
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            if (eventData.EventName == HeadersStart && Current.Value is { } request)
                request._hasGone = true;
        }
    }
}
