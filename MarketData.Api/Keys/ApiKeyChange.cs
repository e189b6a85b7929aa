using MarketData.Api.Requests;

namespace MarketData.Api.Keys;

/// <summary>What to change about a key; what is left out stays.</summary>
public sealed record ApiKeyChange
{
    /// <summary>What it is for, 1 to 100 characters.</summary>
    [Text(100, MinimumLength = 1)]
    public string? Name { get; init; }

    /// <summary>At least one of <c>read</c>, <c>enrich</c>, <c>admin</c>.</summary>
    [Scopes]
    public IReadOnlyList<string?>? Scopes { get; init; }

    /// <summary>Its own limit, 1 to 1,000,000.</summary>
    [WholeNumber(1, 1_000_000)]
    public int? RequestsPerMinute { get; init; }

    /// <summary>When it stops working by itself, UTC.</summary>
    [Instant(InFuture = true)]
    public DateTime? ExpiresAt { get; init; }
}
