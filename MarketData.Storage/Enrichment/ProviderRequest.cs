namespace MarketData.Storage.Enrichment;

/// <summary>One HTTP request to a provider, as it is put into <c>provider_request_log</c>.</summary>
public record ProviderRequest
{
    /// <summary>The run that it was made for; null for none, such as a probe or a look-up.</summary>
    public Guid? JobId { get; init; }

    /// <summary>The attempt of the symbol's job, from 1; null without a job.</summary>
    public int? Attempt { get; init; }

    /// <summary>The symbol; of a request for many symbols, that of the job which made it; null for none.</summary>
    public string? Symbol { get; init; }

    /// <summary>The interval that the job worked on; null without a job.</summary>
    public string? Timeframe { get; init; }

    /// <summary>The HTTP method.</summary>
    public required string Method { get; init; }

    /// <summary>What was asked, without key and secret; cut off when it is long.</summary>
    public required string Address { get; init; }

    /// <summary>The HTTP status; null when there was no answer.</summary>
    public int? Status { get; init; }

    /// <summary>
    /// Why it was of no use: <c>timeout</c>, <c>cancelled</c>, or why the provider gave nothing, such as <c>transient</c>; null when it was of use.
    /// </summary>
    public string? Failure { get; init; }

    /// <summary>The failure in words, without secrets.</summary>
    public string? Error { get; init; }

    /// <summary>Size of the answer's body, unpacked; null when it was not had to its end.</summary>
    public long? Bytes { get; init; }

    /// <summary>When it was made, UTC.</summary>
    public required DateTime StartedAt { get; init; }

    /// <summary>How long it took to the end of the answer, or to the failure, without waits of our own, milliseconds.</summary>
    public required double DurationMs { get; init; }

    /// <summary>The trace in which it happened.</summary>
    public string? TraceId { get; init; }
}
