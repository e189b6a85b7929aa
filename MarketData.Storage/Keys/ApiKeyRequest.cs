namespace MarketData.Storage.Keys;

/// <summary>An API key to make.</summary>
/// <param name="Name">What it is for.</param>
/// <param name="Scopes">What it may do: <c>read</c>, <c>enrich</c>, <c>admin</c>.</param>
/// <param name="RequestsPerMinute">Its own limit; null for the service's.</param>
/// <param name="ExpiresAt">When it stops working by itself, UTC; null for never.</param>
public sealed record ApiKeyRequest(string Name, IReadOnlyCollection<string> Scopes, int? RequestsPerMinute = null, DateTime? ExpiresAt = null);
