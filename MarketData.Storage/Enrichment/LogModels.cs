namespace MarketData.Storage.Enrichment;

/// <summary>One answer, or failure to answer, of a provider: a row of <c>enrichment_fetch_log</c>.</summary>
public sealed record FetchLogEntry
{
    /// <summary>The provider.</summary>
    public required string Source { get; init; }

    /// <summary>Candles in the answer that were looked at.</summary>
    public int RecordsFetched { get; init; }

    /// <summary>Time that the provider took to answer, over all requests, without waits of our own; null when it was not asked.</summary>
    public TimeSpan? ResponseTime { get; init; }

    /// <summary>The requests that this is the time of; of a batch a share of its requests, 0 for most.</summary>
    public int? Requests { get; init; }

    /// <summary>Whether the provider was not asked, since its circuit was open.</summary>
    public bool NotAsked { get; init; }

    /// <summary>Why there was no answer; null for a success.</summary>
    public string? Error { get; init; }

    /// <summary>What a person should know of a success, such as a part of the answer that could not be read; null when nothing.</summary>
    public string? Note { get; init; }

    /// <summary>The providers that would have been asked first, and in whose place this one answered; null when it was the first choice.</summary>
    public IReadOnlyList<string>? InsteadOf { get; init; }

    /// <summary>The trace in which it happened.</summary>
    public string? TraceId { get; init; }
}

/// <summary>One computation of features: a row of <c>enrichment_compute_log</c>.</summary>
/// <param name="ComputeType">Which part of the catalogue was computed.</param>
/// <param name="FeaturesComputed">Values that came out, those that are null not counted.</param>
/// <param name="Duration">Time it took.</param>
public sealed record ComputeLogEntry(string ComputeType, int FeaturesComputed, TimeSpan Duration);
