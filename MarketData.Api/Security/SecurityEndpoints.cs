namespace MarketData.Api.Security;

/// <summary>Says what callers of an endpoint need.</summary>
public static class SecurityEndpoints
{
    /// <summary>Only for callers with this scope.</summary>
    public static TBuilder RequireScope<TBuilder>(this TBuilder endpoint, string scope)
        where TBuilder : IEndpointConventionBuilder
    {
        endpoint.WithMetadata(new RequiredScope(scope));
        return endpoint;
    }

    /// <summary>Checks scopes.</summary>
    public static RouteGroupBuilder CheckScopes(this RouteGroupBuilder group) => group.RequireAuthorization(policy => policy
        .AddAuthenticationSchemes(ApiKeyAuthentication.SchemeName)
        .RequireAssertion(static caller => caller.Resource is HttpContext context
            && context.RequestServices.GetRequiredService<OpenAccess>().Allows(context)));
}
