namespace MarketData.Api.Keys;

/// <summary>A key to make.</summary>
public sealed record NewApiKey
{
    /// <summary>What it is for, 1 to 100 characters.</summary>
    public string? Name { get; init; }

    /// <summary>At least one of <c>read</c>, <c>enrich</c>, <c>admin</c>. <c>admin</c> includes the others, <c>enrich</c> includes <c>read</c>.</summary>
    public IReadOnlyList<string?>? Scopes { get; init; }

    /// <summary>Its own limit, 1 to 1,000,000; the service's when left out.</summary>
    public int? RequestsPerMinute { get; init; }

    /// <summary>When it stops working by itself, UTC; never when left out.</summary>
    public DateTime? ExpiresAt { get; init; }
}
