namespace MarketData.Storage.Events;

/// <summary>Something that happened.</summary>
public sealed record StoredEvent
{
    /// <summary>Its number; numbers grow, but not always in the order of delivery.</summary>
    public required long Id { get; init; }

    /// <summary>The transaction that wrote it: what <see cref="EventPosition.Includes"/> goes by.</summary>
    public required long Xid { get; init; }

    /// <summary><c>run</c>, <c>job</c>, <c>circuit</c>, <c>scheduler</c> or <c>quality</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>What happened, as a JSON object on one line.</summary>
    public required string Payload { get; init; }
}
