namespace MarketData.Storage.Keys;

/// <summary>An API key, without its secret.</summary>
public sealed record ApiKey
{
    /// <summary>Its id.</summary>
    public required Guid Id { get; init; }

    /// <summary>What it is for.</summary>
    public required string Name { get; init; }

    /// <summary>The key's first characters, to recognise it by.</summary>
    public required string Prefix { get; init; }

    /// <summary>What it may do: <c>read</c>, <c>enrich</c>, <c>admin</c>.</summary>
    public required string[] Scopes { get; init; }

    /// <summary>Its own limit; null for the service's.</summary>
    public int? RequestsPerMinute { get; init; }

    /// <summary>When it was made, UTC.</summary>
    public required DateTime CreatedAt { get; init; }

    /// <summary>Who made it.</summary>
    public string? CreatedBy { get; init; }

    /// <summary>When it stops working by itself, UTC.</summary>
    public DateTime? ExpiresAt { get; init; }

    /// <summary>When it was revoked, UTC.</summary>
    public DateTime? RevokedAt { get; init; }

    /// <summary>When it was last used, to the minute, UTC.</summary>
    public DateTime? LastUsedAt { get; init; }
}
