using System.Globalization;
using System.Net;

namespace MarketData.Web.Api;

/// <summary>What it means to a person that the Api answered with a status that is no success.</summary>
internal static class Refusals
{
    /// <summary>The status in words; null where what the Api said of it tells more.</summary>
    public static string? Words(HttpStatusCode status, TimeSpan? wait) => status switch
    {
        HttpStatusCode.Unauthorized => "Sign in with an API key for this.",
        HttpStatusCode.Forbidden => "Your API key does not have the scope for this.",
        HttpStatusCode.RequestEntityTooLarge => "This is more than the API takes at once.",
        HttpStatusCode.TooManyRequests => $"Too many requests; again {In(wait)}.",
        HttpStatusCode.ServiceUnavailable => $"The API can't do this just now; again {In(wait)}.",
        HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout => "The API can't be reached.",
        _ => null,
    };

    private static string In(TimeSpan? wait) => wait is { } time && time > TimeSpan.Zero
        ? string.Create(CultureInfo.InvariantCulture, $"in {Math.Ceiling(time.TotalSeconds):0} s")
        : "in a moment";
}
