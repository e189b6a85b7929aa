namespace MarketData.Web.Hosting;

/// <summary>The headers that confine what a dashboard page may load, run, embed or leak.</summary>
public static class SecurityHeaders
{
    // Styles allow 'unsafe-inline' because MudBlazor writes its theme as a <style> element and positions popovers, drawers and
    // progress bars by style attributes, neither of which takes a nonce. Scripts come from files only; there is no eval.
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
        + "connect-src 'self'; manifest-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    /// <summary>Adds the headers to every answer of the dashboard; what is forwarded from the Api keeps its own.</summary>
    public static void UseSecurityHeaders(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        if (context.Request.PathBase.HasValue)
        {
            var headers = context.Response.Headers;
            headers.ContentSecurityPolicy = ContentSecurityPolicy;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "same-origin";
            headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
        }

        return next(context);
    });
}
