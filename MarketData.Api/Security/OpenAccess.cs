using MarketData.Storage.Keys;
using Microsoft.Extensions.Options;

namespace MarketData.Api.Security;

/// <summary>What callers may do, with a key or without one.</summary>
public sealed class OpenAccess(IHostEnvironment environment, IOptions<ApiOptions> options)
{
    /// <summary>
    /// Whether a caller without a key may do what needs this scope: read, unless that is closed; in Development everything.
    /// </summary>
    public bool Allows(string scope) => environment.IsDevelopment() || (scope == Scopes.Read && !options.Value.RequireKeyForReads);

    /// <summary>
    /// Whether a request may go on: with a key that has the scope, or without one. A key or a token that is not valid is never treated as none.
    /// </summary>
    public bool Allows(HttpContext context)
    {
        var needed = context.GetEndpoint()?.Metadata.GetMetadata<RequiredScope>()?.Scope ?? Scopes.Read;
        return context.Features.Get<ApiKey>() is { } key
            ? Scopes.Allow(key.Scopes, needed)
            : !context.Request.Headers.ContainsKey(ApiKeyAuthentication.Header) && StreamTokens.Of(context) is null && Allows(needed);
    }
}
