using MarketData.Api.Database;
using MarketData.Api.Errors;
using MarketData.Storage.Keys;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketData.Api.Security;

/// <summary>What a caller may do: <c>/api/v1/access</c>.</summary>
public static class AccessApi
{
    /// <summary>Maps the endpoint.</summary>
    public static RouteGroupBuilder MapAccess(this RouteGroupBuilder api)
    {
        api.MapGet("/access", GetAccess).AllowAnonymous().MayFailWith(ProblemCodes.KeyInvalid)
            .WithTags("Administration").WithName("GetAccess").WithSummary("What the caller's key, or the lack of one, allows");
        return api;
    }

    [NeedsNoDatabase]
    private static Results<Ok<Access>, ProblemHttpResult> GetAccess(HttpContext context, OpenAccess open)
    {
        if (context.Features.Get<ApiKey>() is { } key)
            return TypedResults.Ok(new Access(true, key.Name, [.. Scopes.All.Where(scope => Scopes.Allow(key.Scopes, scope))]));
        return context.Request.Headers.ContainsKey(ApiKeyAuthentication.Header)
            ? Problems.Of(ProblemCodes.KeyInvalid, $"The key in {ApiKeyAuthentication.Header} is not valid.")
            : TypedResults.Ok(new Access(false, null, [.. Scopes.All.Where(open.Allows)]));
    }
}
