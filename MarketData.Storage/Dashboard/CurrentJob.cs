namespace MarketData.Storage.Dashboard;

/// <summary>The job that a symbol has in hand.</summary>
public sealed record CurrentJob
{
    /// <summary>The job's own number.</summary>
    public required long Id { get; init; }

    /// <summary>The run.</summary>
    public required Guid JobId { get; init; }

    /// <summary><c>queued</c>, <c>running</c> or <c>retrying</c>.</summary>
    public required string Status { get; init; }

    /// <summary>While running: <c>fetch</c>, <c>validate</c>, <c>compute</c>, <c>score</c> or <c>store</c>.</summary>
    public string? Step { get; init; }

    /// <summary>Attempts begun.</summary>
    public required int Attempt { get; init; }

    /// <summary>When its first attempt began, UTC.</summary>
    public DateTime? StartedAt { get; init; }

    /// <summary>When it may run next, UTC.</summary>
    public required DateTime DueAt { get; init; }

    /// <summary>Its trace, 32 hexadecimal digits.</summary>
    public string? TraceId { get; init; }
}
