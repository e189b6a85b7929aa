namespace MarketData.Storage.Keys;

/// <summary>Something that was done with or to a key.</summary>
public sealed record ApiKeyAuditEntry
{
    /// <summary>The entry's number.</summary>
    public required long Id { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTime At { get; init; }

    /// <summary>What: <c>created</c>, <c>changed</c>, <c>revoked</c>, or a call that changed something, such as <c>POST /api/v1/enrichment/trigger</c>.</summary>
    public required string Action { get; init; }

    /// <summary>Who did it.</summary>
    public string? Actor { get; init; }

    /// <summary>More about it.</summary>
    public string? Detail { get; init; }

    /// <summary>The address that the call came from.</summary>
    public string? Address { get; init; }
}
