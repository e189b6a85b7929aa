namespace MarketData.Storage.Enrichment;

/// <summary>What was asked of a provider in a minute.</summary>
/// <param name="minute">The minute, UTC.</param>
public sealed class RequestCounts(DateTime minute)
{
    /// <summary>The minute, UTC.</summary>
    public DateTime Minute => minute;

    /// <summary>Requests whose headers went out, whatever came of them.</summary>
    public long Sent { get; set; }

    /// <summary>Those that were answered to the end, whatever the status.</summary>
    public long Answered { get; set; }

    /// <summary>Those sent that came to nothing: no answer, a refusal, or an answer that does not read.</summary>
    public long Failed { get; set; }

    /// <summary>Requests not made, since the circuit was open.</summary>
    public long NotAsked { get; set; }

    /// <summary>Time that those answered took in all, milliseconds.</summary>
    public double ResponseMs { get; set; }

    /// <summary>How long they took, counted by <see cref="LatencyBuckets"/>.</summary>
    public long[] Latencies { get; } = new long[LatencyBuckets.Count];

    /// <summary>Adds those of the same minute.</summary>
    public void Add(RequestCounts other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Sent += other.Sent;
        Answered += other.Answered;
        Failed += other.Failed;
        NotAsked += other.NotAsked;
        ResponseMs += other.ResponseMs;
        for (var bucket = 0; bucket < Latencies.Length; bucket++)
            Latencies[bucket] += other.Latencies[bucket];
    }
}
