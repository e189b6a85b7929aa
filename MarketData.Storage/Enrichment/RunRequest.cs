namespace MarketData.Storage.Enrichment;

/// <summary>What somebody, or the schedule, asks to be enriched.</summary>
public sealed record RunRequest
{
    /// <summary>Why the run exists.</summary>
    public required RunTrigger Trigger { get; init; }

    /// <summary>The symbols asked for, as stored; null for every active one. Names that are not tracked, or not active, are left out.</summary>
    public IReadOnlyCollection<string>? Symbols { get; init; }

    /// <summary>Only symbols of this class (<c>stock</c>, <c>etf</c>, <c>crypto</c>); null for all.</summary>
    public string? AssetClass { get; init; }

    /// <summary>The intervals asked for (<c>5m</c> … <c>1w</c>); null for those that each symbol tracks.</summary>
    public IReadOnlyCollection<string>? Timeframes { get; init; }

    /// <summary>Start of a backfill, UTC, inclusive; null, together with <see cref="To"/>, to go on from the watermark.</summary>
    public DateTime? From { get; init; }

    /// <summary>End of a backfill, UTC, exclusive; null, together with <see cref="From"/>, to go on from the watermark.</summary>
    public DateTime? To { get; init; }

    /// <summary>Who asked: the name of an API key, <c>schedule</c>, or null.</summary>
    public string? RequestedBy { get; init; }

    /// <summary>The W3C <c>traceparent</c> of the request that asked; the jobs' traces link to it.</summary>
    public string? TraceParent { get; init; }
}
