using MarketData.Storage.Keys;
using Npgsql;

namespace MarketData.Api.Security;

/// <summary>Says what callers of an endpoint need, and keeps the trail of what keys were used for.</summary>
public static partial class SecurityEndpoints
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
            await NoteAsync(context.HttpContext, StatusOf(answer));
            return answer;
        });
        return group;
    }

    private static int StatusOf(object? answer) => answer switch
    {
        INestedHttpResult nested => StatusOf(nested.Result),
        IStatusCodeHttpResult { StatusCode: { } status } => status,
        _ => StatusCodes.Status200OK,
    };

    // What was done is done, whether or not the caller still listens and the note can be written.
    private static async Task NoteAsync(HttpContext context, int status)
    {
        if (context.Features.Get<ApiKey>() is not { } key || context.GetEndpoint()?.Metadata.GetMetadata<RequiredScope>() is null)
            return;
        var keys = context.RequestServices.GetRequiredService<KeyStore>();
        var action = $"{context.Request.Method} {context.Request.Path}";
        try
        {
            await keys.NoteAsync(key.Id, action, $"{status}", context.Actor(), CancellationToken.None);
        }
        catch (NpgsqlException e)
        {
            LogNotNoted(context.RequestServices.GetRequiredService<ILogger<KeyStore>>(), key.Name, action, status, e);
        }
    }

    [LoggerMessage(LogLevel.Error, "Could not note in the audit trail that key {Key} did {Action} with {Status}")]
    private static partial void LogNotNoted(ILogger logger, string key, string action, int status, Exception cause);
}
