using MarketData.Storage.Keys;

namespace MarketData.Api.Keys;

/// <summary>Every key, revoked ones included, newest first.</summary>
/// <param name="Items">The keys.</param>
public sealed record ApiKeyList(IReadOnlyList<ApiKey> Items);
