using MarketData.Api.Errors;
using Microsoft.Extensions.Options;

namespace MarketData.Api.Security;

/// <summary>
/// Refuses what changes something, or needs more than reading, when a page of another site has the browser ask for it: also by <c>GET</c>, as
/// <c>/pause</c>, <c>/resume</c> and <c>/providers/check</c> can be called. Whoever sends a key is a client, or a page of an origin that is let in:
/// a browser asks first before it sends one.
/// </summary>
internal sealed class CrossSiteGuard(RequestDelegate next, IOptions<ApiOptions> options)
{
    /// <summary>Handles a request.</summary>
    public Task InvokeAsync(HttpContext context) =>
        IsMoreThanReading(context) && !context.Request.Headers.ContainsKey(ApiKeyAuthentication.Header)
            && CrossSite.IsSource(context.Request, options.Value.CorsOrigins)
            ? Problems.Of(
                ProblemCodes.CrossSiteRequest, "A page of another site asked for this. Its origin is not among those that may (Api:CorsOrigins).")
                .ExecuteAsync(context)
            : next(context);

    private static bool IsMoreThanReading(HttpContext context)
    {
        var method = context.Request.Method;
        return !(HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method))
            || context.GetEndpoint()?.Metadata.GetMetadata<RequiredScope>() is not null;
    }
}
