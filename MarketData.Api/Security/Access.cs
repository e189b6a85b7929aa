namespace MarketData.Api.Security;

/// <summary>What the caller may do.</summary>
/// <param name="Authenticated">Whether a key was sent.</param>
/// <param name="Name">The key's name; null without one.</param>
/// <param name="Scopes">The scopes that are the caller's, with or without a key: <c>read</c>, <c>enrich</c>, <c>admin</c>.</param>
public sealed record Access(bool Authenticated, string? Name, IReadOnlyList<string> Scopes);
