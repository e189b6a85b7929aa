namespace MarketData.Storage.Enrichment;

/// <summary>
/// Response times counted by bucket, so that those of many nodes and minutes can be added up. A bucket's bounds are a factor of 2^¼ apart, from 1 ms to
/// two minutes: a percentile read from them is off by a tenth at most.
/// </summary>
public static class LatencyBuckets
{
    private const double PerDoubling = 4;

    /// <summary>How many there are; the last takes all that is longer.</summary>
    public const int Count = 69;

    /// <summary>The bucket of a response time, milliseconds.</summary>
    public static int IndexOf(double milliseconds) =>
        milliseconds <= 1 ? 0 : Math.Min(Count - 1, (int)Math.Ceiling(PerDoubling * Math.Log2(milliseconds)));

    /// <summary>The response time, milliseconds, that a share of those counted does not exceed; null when none were counted.</summary>
    /// <param name="counts">The counts, by bucket.</param>
    /// <param name="share">0 to 1.</param>
    public static double? Percentile(IReadOnlyList<long> counts, double share)
    {
        ArgumentNullException.ThrowIfNull(counts);
        var (total, below) = (counts.Sum(), 0L);
        if (total == 0)
            return null;
        for (var bucket = 0; bucket < counts.Count; bucket++)
        {
            if (counts[bucket] > 0 && below + counts[bucket] >= share * total)
                return Math.Pow(2, (bucket - 1 + ((share * total) - below) / counts[bucket]) / PerDoubling);
            below += counts[bucket];
        }

        return Math.Pow(2, (counts.Count - 1) / PerDoubling);
    }
}
