using MarketData.Storage.Keys;

namespace MarketData.Api.Security;

/// <summary>Says what callers of an endpoint need, and keeps the trail of what keys were used for.</summary>
public static class SecurityEndpoints
{
    /// <summary>Only for callers with this scope.</summary>
    public static TBuilder RequireScope<TBuilder>(this TBuilder endpoint, string scope)
        where TBuilder : IEndpointConventionBuilder
    {
        endpoint.WithMetadata(new RequiredScope(scope));
        return endpoint;
    }

    /// <summary>Checks scopes, and notes with each key the calls that needed more than reading.</summary>
    public static RouteGroupBuilder CheckScopes(this RouteGroupBuilder group)
    {
        group.RequireAuthorization(policy => policy.AddRequirements(new ScopeRequirement()).AddAuthenticationSchemes(ApiKeyAuthentication.SchemeName));
        group.AddEndpointFilter(static async (context, next) =>
        {
            var answer = await next(context);
            await NoteAsync(context.HttpContext, (answer as IStatusCodeHttpResult)?.StatusCode);
            return answer;
        });
        return group;
    }

    private static async Task NoteAsync(HttpContext context, int? status)
    {
        if (context.Features.Get<ApiKey>() is not { } key || context.GetEndpoint()?.Metadata.GetMetadata<RequiredScope>() is null)
            return;
        var keys = context.RequestServices.GetRequiredService<KeyStore>();
        var action = $"{context.Request.Method} {context.Request.Path}";
        await keys.NoteAsync(key.Id, action, $"{status ?? StatusCodes.Status200OK}", context.Actor(), context.RequestAborted);
    }
}
