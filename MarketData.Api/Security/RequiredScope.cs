namespace MarketData.Api.Security;

/// <summary>The scope that an endpoint needs; metadata of the endpoint.</summary>
/// <param name="Scope">One of <see cref="Scopes"/>.</param>
public sealed record RequiredScope(string Scope);
