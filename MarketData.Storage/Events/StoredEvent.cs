namespace MarketData.Storage.Events;

/// <summary>Something that happened.</summary>
public sealed record StoredEvent
{
    /// <summary>Its number; numbers grow, but not always in the order of delivery.</summary>
    public required long Id { get; init; }

    /// <summary>The transaction that wrote it: what <see cref="EventPosition.Includes"/> goes by.</summary>
    public required long Xid { get; init; }

    /// <summary>One of <see cref="EventKinds"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>The symbol that it is about; null when it is about none.</summary>
    public string? Symbol { get; init; }

    /// <summary>The interval that it is about; null when it is about none.</summary>
    public string? Timeframe { get; init; }

    /// <summary>What happened, as a JSON object on one line.</summary>
    public required string Payload { get; init; }
}
