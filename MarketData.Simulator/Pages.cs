namespace MarketData.Simulator;

/// <summary>Pages of HTML that something on the way answers in a provider's place.</summary>
internal static class Pages
{
    /// <summary>The page with that title; a redirect to it when the status is one.</summary>
    public static Task Write(HttpContext context, int status, string address, string title)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/html; charset=utf-8";
        if (status is >= 300 and < 400)
        {
            context.Response.Headers.Location = address;
        }

        return context.Response.WriteAsync(
            $"<!DOCTYPE html>\n<html><head><title>{title}</title></head><body><form action=\"{address}\" method=\"post\"></form></body></html>\n");
    }

    /// <summary>The login page of a hotel's network.</summary>
    public static Task CaptivePortal(HttpContext context, int status) => Write(context, status, "http://login.hotel.example/welcome", "Welcome to our network");

    /// <summary>What a proxy answers that wants to be logged in to.</summary>
    public static Task ProxyLogin(HttpContext context)
    {
        context.Response.Headers.ProxyAuthenticate = "Basic realm=\"proxy\"";
        return Write(context, StatusCodes.Status407ProxyAuthenticationRequired, "http://proxy.example/", "Proxy Authentication Required");
    }
}
