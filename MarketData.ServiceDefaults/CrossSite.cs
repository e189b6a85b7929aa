using Microsoft.AspNetCore.Http;

namespace Microsoft.Extensions.Hosting;

/// <summary>
/// Tells which requests a browser made for a page of somebody else. Cookies are not the only thing that such a page would borrow: it reaches
/// what listens on the machine of its reader, and in Development acting needs no key.
/// </summary>
public static class CrossSite
{
    private const string SecFetchSite = "Sec-Fetch-Site";

    /// <summary>Whether a page of another origin made the browser send this.</summary>
    /// <param name="request">The request.</param>
    /// <param name="allowedOrigins">Other origins whose pages may.</param>
    public static bool IsSource(HttpRequest request, IEnumerable<string> allowedOrigins)
    {
        ArgumentNullException.ThrowIfNull(request);
        var origin = request.Headers.Origin.ToString();
        if (origin.Length > 0 && allowedOrigins.Contains(origin, StringComparer.OrdinalIgnoreCase))
            return false;
        return request.Headers[SecFetchSite].ToString() switch
        {
            // Browsers send it by TLS and to this machine; else there is the origin, with everything but a plain GET.
            "" => origin.Length > 0 && !IsOwn(origin, request.Host),
            // The address bar or a bookmark: a person's own doing.
            "same-origin" or "none" => false,
            _ => true,
        };
    }

    private static bool IsOwn(string origin, HostString host) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri)
        && uri.Authority.Equals(WithoutStandardPort(host, uri), StringComparison.OrdinalIgnoreCase);

    private static string WithoutStandardPort(HostString host, Uri origin) =>
        host.Port is { } port && origin.IsDefaultPort && port == origin.Port ? host.Host : host.Value ?? "";
}
