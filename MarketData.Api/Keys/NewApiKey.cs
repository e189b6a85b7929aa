using MarketData.Api.Requests;

namespace MarketData.Api.Keys;

/// <summary>A key to make.</summary>
public sealed record NewApiKey
{
    /// <summary>What it is for, 1 to 100 characters.</summary>
    [Required(ErrorMessage = "must be 1 to 100 characters of text."), Text(100, MinimumLength = 1)]
    public string? Name { get; init; }

    /// <summary>At least one of <c>read</c>, <c>enrich</c>, <c>admin</c>. <c>admin</c> includes the others, <c>enrich</c> includes <c>read</c>.</summary>
    [Scopes, Required(ErrorMessage = ScopesAttribute.Requirement)]
    public IReadOnlyList<string?>? Scopes { get; init; }

    /// <summary>Its own limit, 1 to 1,000,000; the service's when left out.</summary>
    [WholeNumber(1, 1_000_000)]
    public int? RequestsPerMinute { get; init; }

    /// <summary>When it stops working by itself, UTC; never when left out.</summary>
    [Instant(InFuture = true)]
    public DateTime? ExpiresAt { get; init; }
}
