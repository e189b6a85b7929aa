namespace MarketData.Storage.Dashboard;

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

    /// <summary><c>stock</c>, <c>etf</c> or <c>crypto</c>.</summary>
    public required string AssetClass { get; init; }

    /// <summary>The intervals to enrich.</summary>
    public required string[] Timeframes { get; init; }

    /// <summary>Start of the range to backfill, UTC; null for an ordinary enrichment from the watermark.</summary>
    public DateTime? RangeFrom { get; init; }

    /// <summary>End of the range to backfill, UTC.</summary>
    public DateTime? RangeTo { get; init; }

    /// <summary><c>queued</c>, <c>running</c>, <c>retrying</c> (waits for its next attempt), <c>succeeded</c>, <c>failed</c> or <c>cancelled</c>.</summary>
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

    /// <summary>When the attempt in hand began, UTC.</summary>
    public DateTime? AttemptStartedAt { get; init; }

    /// <summary>When it ended, UTC.</summary>
    public DateTime? CompletedAt { get; init; }

    /// <summary>Milliseconds spent in attempts.</summary>
    public required long WorkedMs { get; init; }

    /// <summary>Milliseconds spent waiting: in the queue and between attempts.</summary>
    public required long WaitedMs { get; init; }

    /// <summary>The node that works on it.</summary>
    public string? Node { get; init; }

    /// <summary>Whether a running job was told to stop.</summary>
    public required bool CancelRequested { get; init; }

    /// <summary>Candles that providers sent.</summary>
    public required long RecordsFetched { get; init; }

    /// <summary>Candles that were new.</summary>
    public required long RecordsInserted { get; init; }

    /// <summary>Candles whose values changed.</summary>
    public required long RecordsUpdated { get; init; }

    /// <summary><c>transient</c> (worth another attempt) or <c>permanent</c>.</summary>
    public string? ErrorKind { get; init; }

    /// <summary>Why the last attempt failed.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>What a person can do about it.</summary>
    public string? ErrorAdvice { get; init; }

    /// <summary>The last attempt's trace, 32 hexadecimal digits.</summary>
    public string? TraceId { get; init; }
}
