namespace MarketData.Web.Api;

/// <summary>An API key, without its secret.</summary>
public sealed record ApiKey(
    Guid Id, string Name, string Prefix, IReadOnlyList<string> Scopes, int? RequestsPerMinute, DateTimeOffset CreatedAt, string? CreatedBy,
    DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt, DateTimeOffset? LastUsedAt);

/// <summary>All keys.</summary>
public sealed record ApiKeyList(IReadOnlyList<ApiKey> Items);

/// <summary>A key to make.</summary>
public sealed record NewApiKey(string Name, IReadOnlyList<string> Scopes, int? RequestsPerMinute, DateTimeOffset? ExpiresAt);

/// <summary>A key that was just made: the one time that its secret is shown.</summary>
public sealed record CreatedApiKey(string Key, ApiKey ApiKey);

/// <summary>Something that was done with or to a key.</summary>
public sealed record ApiKeyAuditEntry(long Id, DateTimeOffset At, string Action, string? Actor, string? Detail, string? Address);
