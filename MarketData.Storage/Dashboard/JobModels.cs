namespace MarketData.Storage.Dashboard;

/// <summary>Which jobs to read. What is null does not matter.</summary>
public sealed record JobFilter
{
    /// <summary>Only jobs in this state; <c>open</c> is queued, running and retrying together.</summary>
    public string? Status { get; init; }

    /// <summary>Only jobs of this symbol.</summary>
    public string? Symbol { get; init; }

    /// <summary>Only jobs of this run.</summary>
    public Guid? JobId { get; init; }

    /// <summary>Only jobs that began at least so many attempts.</summary>
    public int? MinAttempts { get; init; }

    /// <summary>Only jobs that were worked on for longer, in attempts that ended.</summary>
    public int? LongerThanSeconds { get; init; }

    /// <summary>Only jobs put on record at or after this instant, UTC.</summary>
    public DateTime? From { get; init; }

    /// <summary>Only jobs put on record before this instant, UTC.</summary>
    public DateTime? To { get; init; }

    /// <summary>Only jobs with a lower number: the last of the page before.</summary>
    public long? BeforeId { get; init; }
}

/// <summary>One symbol's part of a run.</summary>
public sealed record JobSummary
{
    /// <summary>The job's own number.</summary>
    public required long Id { get; init; }

    /// <summary>The run that it belongs to.</summary>
    public required Guid JobId { get; init; }

    /// <summary>What started the run.</summary>
    public required string Trigger { get; init; }

    /// <summary>The symbol.</summary>
    public required string Symbol { get; init; }

    /// <summary><c>stock</c>, <c>etf</c>, <c>index</c>, <c>fx</c> or <c>crypto</c>.</summary>
    public required string AssetClass { get; init; }

    /// <summary>The intervals to enrich.</summary>
    public required string[] Timeframes { get; init; }

    /// <summary>Start of the range to backfill, UTC; null for an ordinary enrichment from the watermark.</summary>
    public DateTime? RangeFrom { get; init; }

    /// <summary>End of the range to backfill, UTC.</summary>
    public DateTime? RangeTo { get; init; }

    /// <summary>
    /// <c>queued</c>, <c>running</c>, <c>retrying</c> (waits for its next attempt), <c>succeeded</c>, <c>failed</c> or <c>cancelled</c>.
    /// </summary>
    public required string Status { get; init; }

    /// <summary>While running: <c>fetch</c>, <c>validate</c>, <c>compute</c>, <c>score</c> or <c>store</c>.</summary>
    public string? Step { get; init; }

    /// <summary>The interval that the step works on.</summary>
    public string? StepTimeframe { get; init; }

    /// <summary>Attempts begun.</summary>
    public required int Attempt { get; init; }

    /// <summary>Attempts allowed.</summary>
    public required int MaxAttempts { get; init; }

    /// <summary>When it was put on record, UTC.</summary>
    public required DateTime QueuedAt { get; init; }

    /// <summary>When it may run next, UTC.</summary>
    public required DateTime DueAt { get; init; }

    /// <summary>When its first attempt began, UTC.</summary>
    public DateTime? StartedAt { get; init; }

    /// <summary>When the current attempt began, UTC.</summary>
    public DateTime? AttemptStartedAt { get; init; }

    /// <summary>When it ended, UTC.</summary>
    public DateTime? CompletedAt { get; init; }

    /// <summary>Milliseconds spent in attempts.</summary>
    public required long WorkedMs { get; init; }

    /// <summary>Milliseconds spent waiting: in the queue and between attempts.</summary>
    public required long WaitedMs { get; init; }

    /// <summary>The node that works on it.</summary>
    public string? Node { get; init; }

    /// <summary>Whether it is not tried again should the attempt under way fail, since its run or the job itself was cancelled.</summary>
    public required bool CancelRequested { get; init; }

    /// <summary>Whether a running job is broken off within seconds, since a person cancelled it alone.</summary>
    public required bool StopRequested { get; init; }

    /// <summary>Candles that providers sent.</summary>
    public required long RecordsFetched { get; init; }

    /// <summary>Candles that were new.</summary>
    public required long RecordsInserted { get; init; }

    /// <summary>Candles whose values changed.</summary>
    public required long RecordsUpdated { get; init; }

    /// <summary><c>transient</c> (worth another attempt) or <c>permanent</c>.</summary>
    public string? ErrorKind { get; init; }

    /// <summary>The last attempt's failure in a word, such as <c>rate_limited</c>, <c>unknown_symbol</c> or <c>database</c>; what shares a word has one cause.</summary>
    public string? ErrorReason { get; init; }

    /// <summary>The providers that it was for, in alphabetical order; null when it was for none.</summary>
    public string[]? ErrorProviders { get; init; }

    /// <summary>Why the last attempt failed.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>What a person can do about it.</summary>
    public string? ErrorAdvice { get; init; }

    /// <summary>The last attempt's trace, 32 hexadecimal digits.</summary>
    public string? TraceId { get; init; }
}

/// <summary>One attempt at a job, and how long each of its steps took.</summary>
public sealed record JobAttempt
{
    /// <summary>1 for the first.</summary>
    public required int Attempt { get; init; }

    /// <summary>The node that made it.</summary>
    public required string Node { get; init; }

    /// <summary>When it began, UTC.</summary>
    public required DateTime StartedAt { get; init; }

    /// <summary>When it ended, UTC; null while it goes on.</summary>
    public DateTime? EndedAt { get; init; }

    /// <summary><c>succeeded</c>, <c>failed</c>, <c>cancelled</c> or <c>lost</c> (its node died or lost its lease).</summary>
    public string? Outcome { get; init; }

    /// <summary>Its steps in the order they ran.</summary>
    public required IReadOnlyList<StepTiming> Steps { get; init; } = [];

    /// <summary>Why it failed.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>Its trace, 32 hexadecimal digits.</summary>
    public string? TraceId { get; init; }
}

/// <summary>One step of an attempt.</summary>
/// <param name="Step"><c>fetch</c>, <c>validate</c>, <c>compute</c>, <c>score</c> or <c>store</c>.</param>
/// <param name="Timeframe">The interval that it worked on.</param>
/// <param name="Ms">Milliseconds worked; 0 while it goes on.</param>
/// <param name="StartedAt">When it began, UTC; null for steps of earlier releases.</param>
/// <param name="EndedAt">When it ended, UTC; null while it goes on.</param>
/// <param name="Times">How many steps this stands for: of an attempt with very many, later ones are added to those before.</param>
/// <param name="Provider">Who answered, of a fetch; of one that failed, who was asked.</param>
/// <param name="Candles">Candles fetched, taken, scored, or written.</param>
/// <param name="Outcome"><c>succeeded</c>, <c>failed</c> or <c>cancelled</c>; null while it goes on.</param>
/// <param name="Message">What a person should know of it, such as why it failed.</param>
public sealed record StepTiming(
    string Step,
    string? Timeframe,
    double Ms,
    DateTime? StartedAt = null,
    DateTime? EndedAt = null,
    int Times = 1,
    string? Provider = null,
    long? Candles = null,
    string? Outcome = null,
    string? Message = null);

/// <summary>One HTTP request that was made to a provider for a job; one for many symbols is that of the job which made it.</summary>
public sealed record JobRequest
{
    /// <summary>The provider.</summary>
    public required string Provider { get; init; }

    /// <summary>The attempt, from 1.</summary>
    public required int Attempt { get; init; }

    /// <summary>The interval that was worked on.</summary>
    public string? Timeframe { get; init; }

    /// <summary>The HTTP method.</summary>
    public required string Method { get; init; }

    /// <summary>What was asked, without key and secret.</summary>
    public required string Address { get; init; }

    /// <summary>The HTTP status; null when there was no answer.</summary>
    public int? Status { get; init; }

    /// <summary>Why it was of no use, such as <c>timeout</c> or <c>transient</c>; null when it was of use.</summary>
    public string? Failure { get; init; }

    /// <summary>The failure in words.</summary>
    public string? Error { get; init; }

    /// <summary>Size of the answer's body, unpacked; null when it was not had to its end.</summary>
    public long? Bytes { get; init; }

    /// <summary>When it was made, UTC.</summary>
    public required DateTime StartedAt { get; init; }

    /// <summary>How long it took to the end of the answer, or to the failure, milliseconds.</summary>
    public required double DurationMs { get; init; }
}

/// <summary>A job with all that is known of how it went.</summary>
/// <param name="Job">The job.</param>
/// <param name="Attempts">Its attempts, first to last.</param>
/// <param name="Requests">The last requests that were made to providers for it, in the order in which they were made.</param>
public sealed record JobDetail(JobSummary Job, IReadOnlyList<JobAttempt> Attempts, IReadOnlyList<JobRequest> Requests);

/// <summary>A line that was logged while a job was worked on.</summary>
public sealed record JobLogEntry
{
    /// <summary>The line's number: later lines have greater ones.</summary>
    public required long Id { get; init; }

    /// <summary>When it was logged, UTC.</summary>
    public required DateTime LoggedAt { get; init; }

    /// <summary>The attempt, from 1.</summary>
    public required int Attempt { get; init; }

    /// <summary>The node that logged it.</summary>
    public required string Node { get; init; }

    /// <summary><c>debug</c>, <c>information</c>, <c>warning</c> or <c>error</c>.</summary>
    public required string Level { get; init; }

    /// <summary>What was logged.</summary>
    public required string Message { get; init; }

    /// <summary>The exception that was logged with it, its kind and what it says.</summary>
    public string? Exception { get; init; }
}
