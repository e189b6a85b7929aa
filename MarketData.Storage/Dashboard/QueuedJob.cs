namespace MarketData.Storage.Dashboard;

/// <summary>A line of the live queue.</summary>
public sealed record QueuedJob
{
    /// <summary>The job's own number.</summary>
    public required long Id { get; init; }

    /// <summary>The run that it belongs to.</summary>
    public required Guid JobId { get; init; }

    /// <summary>The symbol.</summary>
    public required string Symbol { get; init; }

    /// <summary><c>running</c>, <c>retrying</c> or <c>queued</c>.</summary>
    public required string Status { get; init; }

    /// <summary>Attempts begun.</summary>
    public required int Attempt { get; init; }

    /// <summary>When it may run, UTC.</summary>
    public required DateTime DueAt { get; init; }

    /// <summary>When its first attempt began, UTC.</summary>
    public DateTime? StartedAt { get; init; }

    /// <summary>While running: <c>fetch</c>, <c>validate</c>, <c>compute</c>, <c>score</c> or <c>store</c>.</summary>
    public string? Step { get; init; }
}
