namespace MarketData.Storage.Enrichment;

/// <summary>A line that was logged while a job was worked on.</summary>
public sealed record JobLogLine
{
    /// <summary>The row of <c>enrichment_jobs</c>.</summary>
    public required long Job { get; init; }

    /// <summary>The attempt, from 1.</summary>
    public required int Attempt { get; init; }

    /// <summary>When, UTC by the node's clock.</summary>
    public required DateTime LoggedAt { get; init; }

    /// <summary><c>debug</c>, <c>information</c>, <c>warning</c> or <c>error</c>.</summary>
    public required string Level { get; init; }

    /// <summary>What was logged.</summary>
    public required string Message { get; init; }

    /// <summary>The exception that was logged with it, its kind and what it says; null without one.</summary>
    public string? Exception { get; init; }
}
