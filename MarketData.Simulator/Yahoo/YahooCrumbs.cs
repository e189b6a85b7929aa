using System.Security.Cryptography;
using System.Text;
using MarketData.Simulator.Faults;

namespace MarketData.Simulator.Yahoo;

/// <summary>Yahoo's cookie, and the crumb that belongs to it.</summary>
internal static class YahooCrumbs
{
    private const string Cookie = "A3";
    private static int _given;

    /// <summary>Answers as <c>fc.yahoo.com</c> does: 404, and a cookie.</summary>
    public static Task GiveCookie(HttpContext context)
    {
        var value = $"d=AQABB{Interlocked.Increment(ref _given)}&S=AQAAA";
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        context.Response.Headers.SetCookie = $"{Cookie}={value}; Max-Age=31557600; Domain=.yahoo.com; Path=/; SameSite=None; Secure; HttpOnly";
        return Task.CompletedTask;
    }

    /// <summary>Answers <c>/v1/test/getcrumb</c>.</summary>
    public static Task GiveCrumb(HttpContext context)
    {
        if (AnswerFaults.Of(context).Has(FaultKind.CrumbRefused))
        {
            context.Response.ContentType = "text/plain;charset=utf-8";
            return context.Response.WriteAsync("Too Many Requests");
        }

        if (context.Request.Cookies[Cookie] is not { Length: > 0 } cookie)
        {
            return YahooErrors.Unauthorized(context, "Invalid Cookie", "finance");
        }

        context.Response.ContentType = "text/plain;charset=utf-8";
        return context.Response.WriteAsync(CrumbOf(cookie));
    }

    /// <summary>Whether a request has a cookie and the crumb that belongs to it.</summary>
    public static bool Has(HttpRequest request) =>
        request.Cookies[Cookie] is { Length: > 0 } cookie && request.Query["crumb"].ToString() == CrumbOf(cookie);

    // Eleven characters, a slash among them now and then, as Yahoo's are.
    private static string CrumbOf(string cookie) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(cookie)))[..11];
}
