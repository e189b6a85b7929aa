namespace MarketData.Api.Security;

/// <summary>
/// The tokens that open the event stream in place of a key: a browser's <c>EventSource</c> can send no header. They stand in the query, which is
/// neither logged nor traced, and are short-lived, since a proxy of somebody else's may log it.
/// </summary>
internal static class StreamTokens
{
    /// <summary>The parameter that carries one.</summary>
    public const string Parameter = "token";

    /// <summary>How long one can be used to begin to listen; what has begun goes on.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    /// <summary>Has an endpoint take them.</summary>
    public static TBuilder TakeStreamTokens<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new Taken());

    /// <summary>The one that a request carries where it may; null when there is none.</summary>
    public static string? Of(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<Taken>() is not null && context.Request.Query[Parameter] is [{ Length: > 0 } token] ? token : null;

    private sealed class Taken;
}
