namespace MarketData.Storage.Dashboard;

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
    public required IReadOnlyList<StepTiming> Steps { get; init; }

    /// <summary>Why it failed.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>Its trace, 32 hexadecimal digits.</summary>
    public string? TraceId { get; init; }
}
