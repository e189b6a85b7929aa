using MarketData.Storage.Enrichment;

namespace MarketData.Storage.Dashboard;

/// <summary>What <see cref="HealthReader"/> reads.</summary>
/// <param name="Scheduler">Scheduler and nodes.</param>
/// <param name="StuckRuns">Runs that are open though no node lives.</param>
/// <param name="Providers">Each provider on each node that reported within a day.</param>
/// <param name="Symbols">Active symbols by state of health.</param>
/// <param name="RecentFailures">The last ten that failed for good, without those that are delisted.</param>
/// <param name="Attention">Active symbols that a person should look at, by kind.</param>
/// <param name="ProviderCheck">The last look at what providers answer; null before the first.</param>
/// <param name="BulkFailure">Why the last run of bulk files failed; null when it did not.</param>
/// <param name="Failed">Symbols that failed for good, by cause.</param>
/// <param name="Waiting">Symbols that wait to be tried again, by cause.</param>
/// <param name="Cancelled">Symbols whose newest work was cancelled, by run.</param>
/// <param name="FilledIn">Who answered in whose place in the last 24 hours.</param>
/// <param name="InHand">Work under way.</param>
/// <param name="LastRequests">What came of the last requests to each provider.</param>
/// <param name="LastCompletedLongAgo">When a run last completed, UTC, if that is more than 26 hours ago; else null.</param>
/// <param name="Isolations">Providers that people have shut off, by name.</param>
public sealed record HealthRows(
    SchedulerRow Scheduler, long StuckRuns, IReadOnlyList<ProviderState> Providers, SymbolHealth Symbols,
    IReadOnlyList<FailedJob> RecentFailures, IReadOnlyList<AttentionGroup> Attention, ProviderCheck? ProviderCheck,
    string? BulkFailure, IReadOnlyList<SharedCause> Failed, IReadOnlyList<SharedCause> Waiting, IReadOnlyList<CancelledWork> Cancelled,
    IReadOnlyList<FilledIn> FilledIn, WorkInHand InHand, IReadOnlyList<LastRequests> LastRequests, DateTime? LastCompletedLongAgo,
    IReadOnlyList<ProviderIsolation> Isolations);

/// <summary>How many active symbols are in which state of health.</summary>
public sealed record SymbolHealth
{
    /// <summary>Score, completeness and age as they should be.</summary>
    public required long Healthy { get; init; }

    /// <summary>One of them below its threshold.</summary>
    public required long Warning { get; init; }

    /// <summary>No provider knows the symbol any more: delisted, or renamed.</summary>
    public long Delisted { get; init; }

    /// <summary>Data too old.</summary>
    public required long Stale { get; init; }

    /// <summary>The last job failed for good.</summary>
    public required long Error { get; init; }

    /// <summary>Never enriched.</summary>
    public required long Pending { get; init; }

    /// <summary>Of the pending, those for which nothing is queued or running: somebody has to ask, or the next night comes.</summary>
    public long NotBegun { get; init; }

    /// <summary>Those that wait to be tried again, whatever their health.</summary>
    public long Retrying { get; init; }
}

/// <summary>A symbol that failed for good.</summary>
public sealed record FailedJob
{
    /// <summary>The job's own number.</summary>
    public required long Id { get; init; }

    /// <summary>The run.</summary>
    public required Guid JobId { get; init; }

    /// <summary>The symbol.</summary>
    public required string Symbol { get; init; }

    /// <summary>When it failed, UTC.</summary>
    public required DateTime CompletedAt { get; init; }

    /// <summary>Attempts made.</summary>
    public required int Attempt { get; init; }

    /// <summary>Why.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>What a person can do about it.</summary>
    public string? ErrorAdvice { get; init; }

    /// <summary>The last attempt's trace.</summary>
    public string? TraceId { get; init; }
}

/// <summary>A provider's circuit changed its state on a node.</summary>
public sealed record CircuitTransition
{
    /// <summary>The provider.</summary>
    public required string Provider { get; init; }

    /// <summary>The node.</summary>
    public required string Node { get; init; }

    /// <summary>The state before: <c>closed</c>, <c>half_open</c>, <c>open</c> or <c>isolated</c>.</summary>
    public required string FromState { get; init; }

    /// <summary>The state after.</summary>
    public required string ToState { get; init; }

    /// <summary>Why.</summary>
    public string? Reason { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTime ChangedAt { get; init; }
}
