namespace MarketData.Storage.Dashboard;

/// <summary>A symbol that failed for good.</summary>
public sealed record FailedJob
{
    /// <summary>The job's own number.</summary>
    public required long Id { get; init; }

    /// <summary>The run.</summary>
    public required Guid JobId { get; init; }

    /// <summary>The symbol.</summary>
    public required string Symbol { get; init; }

    /// <summary>When it failed, UTC.</summary>
    public required DateTime CompletedAt { get; init; }

    /// <summary>Attempts made.</summary>
    public required int Attempt { get; init; }

    /// <summary>Why.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>What a person can do about it.</summary>
    public string? ErrorAdvice { get; init; }

    /// <summary>The last attempt's trace.</summary>
    public string? TraceId { get; init; }
}
