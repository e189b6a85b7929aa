using MarketData.Storage.Keys;

namespace MarketData.Api.Keys;

/// <summary>What was done with and to a key, newest first.</summary>
/// <param name="Items">The entries.</param>
/// <param name="NextCursor">Where the next page begins; null on the last one.</param>
public sealed record ApiKeyAudit(IReadOnlyList<ApiKeyAuditEntry> Items, string? NextCursor);
