namespace MarketData.Web.Api;

/// <summary>One symbol's part of a run.</summary>
public sealed record Job(
    long Id, Guid JobId, string Trigger, string Symbol, string AssetClass, IReadOnlyList<string> Timeframes, DateTimeOffset? RangeFrom,
    DateTimeOffset? RangeTo, string Status, string? Step, string? StepTimeframe, int Attempt, int MaxAttempts, DateTimeOffset QueuedAt,
    DateTimeOffset DueAt, DateTimeOffset? StartedAt, DateTimeOffset? AttemptStartedAt, DateTimeOffset? CompletedAt, long WorkedMs,
    long WaitedMs, string? Node, bool CancelRequested, long RecordsFetched, long RecordsInserted, long RecordsUpdated, string? ErrorKind,
    string? ErrorMessage, string? ErrorAdvice, string? TraceId)
{
    /// <summary>Whether it has not ended.</summary>
    public bool IsOpen => Status is "queued" or "running" or "retrying";
}

/// <summary>A job with its attempts.</summary>
public sealed record JobDetail(Job Job, IReadOnlyList<JobAttempt> Attempts);

/// <summary>One attempt at a job.</summary>
public sealed record JobAttempt(
    int Attempt, string Node, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, string? Outcome, IReadOnlyList<StepTiming> Steps,
    string? ErrorMessage, string? TraceId);

/// <summary>How long one step of an attempt took, milliseconds.</summary>
public sealed record StepTiming(string Step, string? Timeframe, double Ms);

/// <summary>Which jobs to list.</summary>
/// <param name="Status">Only this status; <c>open</c> is queued, running and retrying together.</param>
/// <param name="Symbol">Only this symbol.</param>
/// <param name="MinimumAttempts">At least this many attempts.</param>
/// <param name="LongerThanSeconds">Worked on for longer than this.</param>
/// <param name="From">Queued at or after this instant.</param>
/// <param name="Cursor">From here on.</param>
/// <param name="Limit">At most this many.</param>
public sealed record JobFilter(
    string? Status = null, string? Symbol = null, int? MinimumAttempts = null, int? LongerThanSeconds = null,
    DateTimeOffset? From = null, string? Cursor = null, int Limit = 50);

/// <summary>Which runs to list.</summary>
/// <param name="Success">Only those that went through (true) or did not (false).</param>
/// <param name="Symbol">Only those with this symbol.</param>
/// <param name="From">Put on record at or after this instant.</param>
/// <param name="Cursor">From here on.</param>
/// <param name="Limit">At most this many.</param>
public sealed record RunFilter(
    bool? Success = null, string? Symbol = null, DateTimeOffset? From = null, string? Cursor = null, int Limit = 50);
