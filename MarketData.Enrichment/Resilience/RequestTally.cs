using MarketData.Storage.Enrichment;

namespace MarketData.Enrichment.Resilience;

/// <summary>Counts what is asked of a provider by the minute, until that is put on record. Safe for many threads.</summary>
internal sealed class RequestTally(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<DateTime, RequestCounts> _minutes = [];

    /// <summary>A request went out.</summary>
    /// <param name="answeredIn">How long the answer took to its end; null when there was none.</param>
    /// <param name="hasFailed">Whether it came to nothing.</param>
    public void Sent(TimeSpan? answeredIn, bool hasFailed)
    {
        lock (_gate)
        {
            var now = Now();
            now.Sent++;
            now.Failed += hasFailed ? 1 : 0;
            if (answeredIn is not { } took)
                return;
            now.Answered++;
            now.ResponseMs += took.TotalMilliseconds;
            now.Latencies[LatencyBuckets.IndexOf(took.TotalMilliseconds)]++;
        }
    }

    /// <summary>A request was not made.</summary>
    public void NotAsked()
    {
        lock (_gate)
            Now().NotAsked++;
    }

    /// <summary>Takes away what was counted so far.</summary>
    public IReadOnlyList<RequestCounts> Take()
    {
        lock (_gate)
        {
            RequestCounts[] counted = [.. _minutes.Values];
            _minutes.Clear();
            return counted;
        }
    }

    /// <summary>Gives back what could not be put on record.</summary>
    public void GiveBack(IEnumerable<RequestCounts> counted)
    {
        lock (_gate)
        {
            foreach (var counts in counted)
                Of(counts.Minute).Add(counts);
        }
    }

    private RequestCounts Now()
    {
        var now = time.GetUtcNow().UtcDateTime;
        return Of(new DateTime(now.Ticks - (now.Ticks % TimeSpan.TicksPerMinute), DateTimeKind.Utc));
    }

    private RequestCounts Of(DateTime minute)
    {
        if (!_minutes.TryGetValue(minute, out var counts))
            _minutes[minute] = counts = new RequestCounts(minute);
        return counts;
    }
}
