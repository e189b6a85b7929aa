using MarketData.Storage.Enrichment;

namespace MarketData.Storage.Dashboard;

/// <summary>What was asked of one provider over a window.</summary>
internal sealed record RequestTotals
{
    public required string Provider { get; init; }

    public required long Sent { get; init; }

    public required long NotAsked { get; init; }

    public required long Answered { get; init; }

    public required double ResponseMs { get; init; }

    public required long[] Latencies { get; init; }

    /// <summary>Adds it to the series fetched, by provider and in all; a provider may have been asked though no series was fetched from it.</summary>
    public static IReadOnlyList<SourceTotals> Join(IReadOnlyList<SourceTotals> fetches, IReadOnlyList<RequestTotals> requests)
    {
        var byProvider = requests.ToDictionary(one => one.Provider);
        var unfetched = byProvider.Keys.Except(fetches.Select(one => one.Source)).Select(provider => new SourceTotals
        {
            Source = provider,
            Total = 0,
            Successful = 0,
            Failed = 0,
            RecordsFetched = 0,
            RecordsInserted = 0,
        });
        return [.. fetches.Concat(unfetched).OrderBy(one => one.Source, StringComparer.Ordinal).Select(one => With(one, byProvider))];
    }

    private static SourceTotals With(SourceTotals fetches, Dictionary<string, RequestTotals> requests)
    {
        IReadOnlyCollection<RequestTotals> own = fetches.Source.Length == 0 ? requests.Values
            : requests.TryGetValue(fetches.Source, out var one) ? [one] : [];
        var answered = own.Sum(part => part.Answered);
        long[] latencies = [.. Enumerable.Range(0, LatencyBuckets.Count).Select(bucket => own.Sum(part => part.Latencies.ElementAtOrDefault(bucket)))];
        return fetches with
        {
            RequestsSent = own.Sum(part => part.Sent),
            NotAsked = own.Sum(part => part.NotAsked),
            AvgResponseTimeMs = answered == 0 ? null : own.Sum(part => part.ResponseMs) / answered,
            P95ResponseTimeMs = LatencyBuckets.Percentile(latencies, 0.95),
        };
    }
}
