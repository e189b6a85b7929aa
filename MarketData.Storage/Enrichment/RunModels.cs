namespace MarketData.Storage.Enrichment;

/// <summary>What somebody, or the schedule, asks to be enriched.</summary>
public sealed record RunRequest
{
    /// <summary>Why the run exists.</summary>
    public required RunTrigger Trigger { get; init; }

    /// <summary>
    /// The symbols asked for, as stored; null for every active one. Names that are not tracked, or not active, are left out.
    /// </summary>
    public IReadOnlyCollection<string>? Symbols { get; init; }

    /// <summary>Only symbols of this class (<c>stock</c>, <c>etf</c>, <c>index</c>, <c>fx</c>, <c>crypto</c>); null for all.</summary>
    public string? AssetClass { get; init; }

    /// <summary>The intervals asked for (<c>5m</c> … <c>1w</c>); null for those that each symbol tracks.</summary>
    public IReadOnlyCollection<string>? Timeframes { get; init; }

    /// <summary>Whether the symbols follow <see cref="Timeframes"/> from now on.</summary>
    public bool Track { get; init; }

    /// <summary>Start of a backfill, UTC, inclusive; null, together with <see cref="To"/>, to go on from the watermark.</summary>
    public DateTime? From { get; init; }

    /// <summary>End of a backfill, UTC, exclusive; null, together with <see cref="From"/>, to go on from the watermark.</summary>
    public DateTime? To { get; init; }

    /// <summary>Who asked: the name of an API key, <c>schedule</c>, or null.</summary>
    public string? RequestedBy { get; init; }

    /// <summary>The W3C <c>traceparent</c> of the request that asked; the jobs' traces link to it.</summary>
    public string? TraceParent { get; init; }
}

/// <summary>The answer to a <see cref="RunRequest"/>: everything in it is on disk when it is returned.</summary>
/// <param name="JobId">
/// The run: the new one when anything was queued, else the one that the first symbol is already part of; null when no active symbol
/// matched the request.
/// </param>
/// <param name="Status">The state of that run: <c>queued</c> when it is new; null when there is none.</param>
/// <param name="Queued">Symbols queued by this request, in alphabetical order.</param>
/// <param name="AlreadyRunning">Symbols that were queued or running already and were joined, in alphabetical order.</param>
public sealed record RunTicket(Guid? JobId, string? Status, IReadOnlyList<string> Queued, IReadOnlyList<string> AlreadyRunning);

/// <summary>A job that somebody cancelled.</summary>
/// <param name="Id">The row of <c>enrichment_jobs</c>.</param>
/// <param name="JobId">Its run.</param>
/// <param name="Symbol">Its symbol.</param>
/// <param name="Status"><c>cancelled</c>; <c>running</c> until its node has heard of it; or how it had ended before.</param>
public sealed record CancelledJob(long Id, Guid JobId, string Symbol, string Status);
