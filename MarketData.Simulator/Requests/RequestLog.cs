using MarketData.Simulator.Faults;

namespace MarketData.Simulator.Requests;

/// <summary>Counts what clients ask, so that a test can prove that they kept to a quota. The last 200,000 requests are kept.</summary>
internal sealed class RequestLog(TimeProvider time)
{
    private const int Kept = 200_000;

    private readonly Lock _gate = new();
    private readonly Queue<LoggedRequest> _requests = new();

    /// <summary>Notes a request at its arrival.</summary>
    public LoggedRequest Add(ProviderEndpoint endpoint, string symbol)
    {
        lock (_gate)
        {
            var request = new LoggedRequest(time.GetUtcNow(), endpoint, symbol);
            _requests.Enqueue(request);
            if (_requests.Count > Kept)
            {
                _requests.Dequeue();
            }

            return request;
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _requests.Clear();
        }
    }

    /// <summary>The kept requests in order of arrival.</summary>
    public IReadOnlyList<LoggedRequest> All()
    {
        lock (_gate)
        {
            return [.. _requests];
        }
    }

    /// <summary>The most of <paramref name="requests"/> (in order of arrival) within any span of <paramref name="window"/>.</summary>
    public static int MostWithin(IReadOnlyList<LoggedRequest> requests, TimeSpan window)
    {
        int most = 0, first = 0;
        for (var last = 0; last < requests.Count; last++)
        {
            while (requests[last].At - requests[first].At >= window)
            {
                first++;
            }

            most = Math.Max(most, last - first + 1);
        }

        return most;
    }
}
