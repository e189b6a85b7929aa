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
