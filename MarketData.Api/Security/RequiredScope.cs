namespace MarketData.Api.Security;

/// <summary>The scope that an endpoint needs; metadata of the endpoint.</summary>
/// <param name="Scope">One of <see cref="Scopes"/>.</param>
/// <param name="IsAudited">Whether each call is noted with the key that it was made with.</param>
public sealed record RequiredScope(string Scope, bool IsAudited = true);
