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

/// <summary>An API key to make.</summary>
/// <param name="Name">What it is for.</param>
/// <param name="Scopes">What it may do: <c>read</c>, <c>enrich</c>, <c>admin</c>.</param>
/// <param name="RequestsPerMinute">Its own limit; null for the service's.</param>
/// <param name="ExpiresAt">When it stops working by itself, UTC; null for never.</param>
public sealed record ApiKeyRequest(
    string Name, IReadOnlyCollection<string> Scopes, int? RequestsPerMinute = null, DateTime? ExpiresAt = null);

/// <summary>What to change about a key; what is null, and is not said to be set, stays.</summary>
public sealed record ApiKeyChange
{
    /// <summary>What it is for.</summary>
    public string? Name { get; init; }

    /// <summary>What it may do.</summary>
    public IReadOnlyCollection<string>? Scopes { get; init; }

    /// <summary>Whether <see cref="RequestsPerMinute"/> is set, to null too.</summary>
    public bool SetsRequestsPerMinute { get; init; }

    /// <summary>Its own limit; null for the service's.</summary>
    public int? RequestsPerMinute { get; init; }

    /// <summary>Whether <see cref="ExpiresAt"/> is set, to null too.</summary>
    public bool SetsExpiresAt { get; init; }

    /// <summary>When it stops working by itself, UTC; null for never.</summary>
    public DateTime? ExpiresAt { get; init; }
}

/// <summary>Something that was done with or to a key.</summary>
public sealed record ApiKeyAuditEntry
{
    /// <summary>The entry's number.</summary>
    public required long Id { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTime At { get; init; }

    /// <summary>
    /// What: <c>created</c>, <c>changed</c>, <c>revoked</c>, or a call that changed something, such
    /// as <c>POST /api/v1/enrichment/trigger</c>.
    /// </summary>
    public required string Action { get; init; }

    /// <summary>Who did it.</summary>
    public string? Actor { get; init; }

    /// <summary>More about it.</summary>
    public string? Detail { get; init; }

    /// <summary>The address that the call came from.</summary>
    public string? Address { get; init; }
}

/// <summary>Who does something, for the audit trail.</summary>
/// <param name="Name">The name of the key used; null without one.</param>
/// <param name="Address">The address that the call came from; null for a command on the machine itself.</param>
public sealed record Actor(string? Name, string? Address);

/// <summary>A caller's own name for a request, under which it is carried out once.</summary>
/// <param name="Value">The name.</param>
/// <param name="Caller">Whose it is: another caller's of the same name is another one.</param>
/// <param name="RequestHash">A hash of the request: the same name for another request is a mistake.</param>
public sealed record IdempotencyKey(string Value, string Caller, byte[] RequestHash);
