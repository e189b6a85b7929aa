namespace MarketData.Api.Security;

/// <summary>Says what callers of an endpoint need.</summary>
public static class SecurityEndpoints
{
    /// <summary>Only for callers with this scope.</summary>
    /// <param name="endpoint">The endpoint, or a group.</param>
    /// <param name="scope">One of <see cref="Scopes"/>.</param>
    /// <param name="isAudited">Whether each call is noted with its key; not for what only looks, and again and again.</param>
    public static TBuilder RequireScope<TBuilder>(this TBuilder endpoint, string scope, bool isAudited = true)
        where TBuilder : IEndpointConventionBuilder
    {
        endpoint.WithMetadata(new RequiredScope(scope, isAudited));
        return endpoint;
    }

    /// <summary>Checks scopes.</summary>
    public static RouteGroupBuilder CheckScopes(this RouteGroupBuilder group) => group.RequireAuthorization(policy => policy
        .AddAuthenticationSchemes(ApiKeyAuthentication.SchemeName)
        .RequireAssertion(static caller => caller.Resource is HttpContext context
            && context.RequestServices.GetRequiredService<OpenAccess>().Allows(context)));
}
