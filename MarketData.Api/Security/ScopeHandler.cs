using MarketData.Storage.Keys;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;

namespace MarketData.Api.Security;

/// <summary>
/// Decides who may do what. A key with the scope may; without a key, reading is open unless it is closed by
/// <see cref="ApiOptions.RequireKeyForReads"/>, and in Development so is everything. A key that is not valid is never treated as none.
/// </summary>
public sealed class ScopeHandler(IHostEnvironment environment, IOptions<ApiOptions> options) : AuthorizationHandler<ScopeRequirement>
{
    /// <inheritdoc/>
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, ScopeRequirement requirement)
    {
        var http = (HttpContext)context.Resource!;
        var needed = http.GetEndpoint()?.Metadata.GetMetadata<RequiredScope>()?.Scope ?? Scopes.Read;
        var allowed = http.Features.Get<ApiKey>() is { } key
            ? Scopes.Allow(key.Scopes, needed)
            : !http.Request.Headers.ContainsKey(ApiKeyAuthentication.Header) && IsOpen(needed);
        if (allowed)
            context.Succeed(requirement);
        return Task.CompletedTask;
    }

    private bool IsOpen(string needed) => needed == Scopes.Read ? !options.Value.RequireKeyForReads : environment.IsDevelopment();
}
