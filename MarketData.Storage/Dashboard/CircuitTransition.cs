namespace MarketData.Storage.Dashboard;

/// <summary>A provider's circuit changed its state on a node.</summary>
public sealed record CircuitTransition
{
    /// <summary>The provider.</summary>
    public required string Provider { get; init; }

    /// <summary>The node.</summary>
    public required string Node { get; init; }

    /// <summary>The state before: <c>closed</c>, <c>half_open</c>, <c>open</c> or <c>isolated</c>.</summary>
    public required string FromState { get; init; }

    /// <summary>The state after.</summary>
    public required string ToState { get; init; }

    /// <summary>Why.</summary>
    public string? Reason { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTime ChangedAt { get; init; }
}
