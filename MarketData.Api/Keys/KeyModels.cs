using MarketData.Api.Requests;
using MarketData.Storage.Keys;

namespace MarketData.Api.Keys;

/// <summary>A key to make.</summary>
public sealed record NewApiKey
{
    /// <summary>What it is for, 1 to 100 characters.</summary>
    [Required(ErrorMessage = "must be 1 to 100 characters of text."), Text(100, MinimumLength = 1)]
    public string? Name { get; init; }

    /// <summary>
    /// At least one of <c>read</c>, <c>enrich</c>, <c>admin</c>. <c>admin</c> includes the others, <c>enrich</c> includes <c>read</c>.
    /// </summary>
    [Scopes, Required(ErrorMessage = ScopesAttribute.Requirement)]
    public IReadOnlyList<string?>? Scopes { get; init; }

    /// <summary>Its own limit, 1 to 1,000,000; the service's when left out.</summary>
    [WholeNumber(1, 1_000_000)]
    public int? RequestsPerMinute { get; init; }

    /// <summary>When it stops working by itself, UTC; never when left out.</summary>
    [Instant(InFuture = true)]
    public DateTime? ExpiresAt { get; init; }
}

/// <summary>What to change about a key: what is left out stays, and <c>null</c> takes a limit off.</summary>
public sealed record ApiKeyChange
{
    /// <summary>What it is for, 1 to 100 characters.</summary>
    [Text(100, MinimumLength = 1)]
    public string? Name
    {
        get;
        init => (field, IsNameGiven) = (value, true);
    }

    /// <summary>At least one of <c>read</c>, <c>enrich</c>, <c>admin</c>.</summary>
    [Scopes]
    public IReadOnlyList<string?>? Scopes
    {
        get;
        init => (field, AreScopesGiven) = (value, true);
    }

    /// <summary>Its own limit, 1 to 1,000,000; null for the service's.</summary>
    [WholeNumber(1, 1_000_000)]
    public int? RequestsPerMinute
    {
        get;
        init => (field, IsLimitGiven) = (value, true);
    }

    /// <summary>When it stops working by itself, UTC; null for never.</summary>
    [Instant(InFuture = true)]
    public DateTime? ExpiresAt
    {
        get;
        init => (field, IsExpiryGiven) = (value, true);
    }

    internal bool IsNameGiven { get; private init; }

    internal bool AreScopesGiven { get; private init; }

    internal bool IsLimitGiven { get; private init; }

    internal bool IsExpiryGiven { get; private init; }
}

/// <summary>At least one of the scopes, and nothing else.</summary>
internal sealed class ScopesAttribute() : ValidationAttribute(Requirement)
{
    public const string Requirement = "must hold at least one of read, enrich, admin, and nothing else.";

    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext)
    {
        if (value is not IReadOnlyList<string?> scopes)
            return ValidationResult.Success;
        string[] unknown = [.. scopes.Where(scope => !Security.Scopes.All.Contains(scope)).Select(scope => scope is null ? "null" : $"'{scope}'")];
        if (unknown.Length > 0)
            return new($"{Requirement.TrimEnd('.')}: there is no scope {string.Join(", ", unknown.Take(5))}.");
        return scopes.Count > 0 ? ValidationResult.Success : new(Requirement);
    }
}

/// <summary>A new key. <c>key</c> is shown here and never again.</summary>
/// <param name="Key">The secret, to be sent as <c>X-API-Key</c>.</param>
/// <param name="ApiKey">What is kept of it.</param>
public sealed record CreatedApiKey(string Key, ApiKey ApiKey);

/// <summary>Every key, revoked ones included, newest first.</summary>
/// <param name="Items">The keys.</param>
public sealed record ApiKeyList(IReadOnlyList<ApiKey> Items);

/// <summary>What was done with and to a key, newest first.</summary>
/// <param name="Items">The entries.</param>
/// <param name="NextCursor">Where the next page begins; null on the last one.</param>
public sealed record ApiKeyAudit(IReadOnlyList<ApiKeyAuditEntry> Items, string? NextCursor);
