using MarketData.Storage.Keys;
using Microsoft.AspNetCore.Authorization;

namespace MarketData.Api.Security;

/// <summary>
/// Decides who may do what. A key with the scope may; without a key <see cref="OpenAccess"/> says. A key that is not valid is never
/// treated as none.
/// </summary>
public sealed class ScopeHandler(OpenAccess open) : AuthorizationHandler<ScopeRequirement>
{
    /// <inheritdoc/>
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, ScopeRequirement requirement)
    {
        var http = (HttpContext)context.Resource!;
        var needed = http.GetEndpoint()?.Metadata.GetMetadata<RequiredScope>()?.Scope ?? Scopes.Read;
        var allowed = http.Features.Get<ApiKey>() is { } key
            ? Scopes.Allow(key.Scopes, needed)
            : !http.Request.Headers.ContainsKey(ApiKeyAuthentication.Header) && open.Allows(needed);
        if (allowed)
            context.Succeed(requirement);
        return Task.CompletedTask;
    }
}
