namespace MarketData.Web.Api;

/// <summary>One enrichment run.</summary>
public record Run(
    Guid JobId, string Trigger, string Status, string? RequestedBy, DateTimeOffset CreatedAt, DateTimeOffset? StartedAt,
    DateTimeOffset? CompletedAt, int SymbolsTotal, int SymbolsSuccessful, int SymbolsFailed, int SymbolsCancelled, int SymbolsRetried,
    long RecordsFetched, long RecordsInserted, long RecordsUpdated, string? TraceId)
{
    /// <summary>Whether it has not ended.</summary>
    public bool IsOpen => Status is "queued" or "running";

    /// <summary>How long it took; null while it goes on.</summary>
    public TimeSpan? Duration => CompletedAt - StartedAt;
}

/// <summary>A run with its symbols.</summary>
public sealed record RunDetail(
    Guid JobId, string Trigger, string Status, string? RequestedBy, DateTimeOffset CreatedAt, DateTimeOffset? StartedAt,
    DateTimeOffset? CompletedAt, int SymbolsTotal, int SymbolsSuccessful, int SymbolsFailed, int SymbolsCancelled, int SymbolsRetried,
    long RecordsFetched, long RecordsInserted, long RecordsUpdated, string? TraceId,
    RunProgress Progress, bool Stuck, IReadOnlyList<Job> Symbols)
    : Run(JobId, Trigger, Status, RequestedBy, CreatedAt, StartedAt, CompletedAt, SymbolsTotal, SymbolsSuccessful, SymbolsFailed,
        SymbolsCancelled, SymbolsRetried, RecordsFetched, RecordsInserted, RecordsUpdated, TraceId);

/// <summary>A page of something, newest first.</summary>
/// <param name="Items">The items.</param>
/// <param name="NextCursor">Where the next page begins; null on the last.</param>
/// <param name="Total">How many there are in all.</param>
/// <param name="TotalIsMinimum">Whether there may be more than <paramref name="Total"/>.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor, long Total, bool TotalIsMinimum = false);

/// <summary>What to enrich; nothing named means everything active.</summary>
public sealed record TriggerRequest(
    IReadOnlyList<string>? Symbols = null, string? AssetClass = null, IReadOnlyList<string>? Timeframes = null,
    DateTimeOffset? From = null, DateTimeOffset? To = null);

/// <summary>The run that a trigger made, and the symbols that were queued or running already.</summary>
public sealed record TriggerAccepted(
    Guid JobId, string Status, IReadOnlyList<string> SymbolsQueued, IReadOnlyList<string> AlreadyRunning);

/// <summary>What came of cancelling a run.</summary>
public sealed record RunCancelled(Guid JobId, string Status, int SymbolsCancelled, int StillRunning);

/// <summary>Whether the cluster works or waits.</summary>
public sealed record SchedulerState(
    string SchedulerStatus, bool Paused, DateTimeOffset ChangedAt, string? ChangedBy, DateTimeOffset? NextRun);
