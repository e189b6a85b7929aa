namespace MarketData.Storage.Enrichment;

/// <summary>One symbol's work, claimed by a node and leased to it.</summary>
public sealed record ClaimedJob
{
    /// <summary>The row of <c>enrichment_jobs</c>.</summary>
    public required long Id { get; init; }

    /// <summary>The fencing number of this claim.</summary>
    public required long FenceNumber { get; init; }

    /// <summary>The run that the job is part of.</summary>
    public required Guid JobId { get; init; }

    /// <summary>Why the run exists, such as <c>nightly</c>.</summary>
    public required string Trigger { get; init; }

    /// <summary>The symbol.</summary>
    public required string Symbol { get; init; }

    /// <summary>Its class: <c>stock</c>, <c>etf</c> or <c>crypto</c>.</summary>
    public required string AssetClass { get; init; }

    /// <summary>The intervals to enrich, shortest last to be added by a join.</summary>
    public required string[] Timeframes { get; init; }

    /// <summary>Start of a backfill, UTC, inclusive; null to go on from the watermark.</summary>
    public DateTime? RangeFrom { get; init; }

    /// <summary>End of a backfill, UTC, exclusive; null to go on from the watermark.</summary>
    public DateTime? RangeTo { get; init; }

    /// <summary>This attempt's number, from 1.</summary>
    public required int Attempt { get; init; }

    /// <summary>The last attempt's number.</summary>
    public required int MaxAttempts { get; init; }

    /// <summary>Whether this goes on with an attempt that another node lost or gave back.</summary>
    public required bool ContinuesAttempt { get; init; }

    /// <summary>Whether the run began with this claim.</summary>
    public required bool BeginsRun { get; init; }

    /// <summary>When the job was queued, UTC by the database's clock.</summary>
    public required DateTime QueuedAt { get; init; }

    /// <summary>The W3C <c>traceparent</c> of the request behind the run.</summary>
    public string? TraceParent { get; init; }

    /// <summary>What every transaction that writes for the job proves.</summary>
    public JobFence Fence => new(Id, FenceNumber);
}
