using System.Globalization;
using System.Net;

namespace MarketData.Enrichment.Providers.Alpaca;

/// <summary>Alpaca tells with each answer how many requests are left, and when there will be more.</summary>
public static class AlpacaRateLimit
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    /// <summary>What reads it from answers.</summary>
    internal static Func<HttpResponseMessage, TimeSpan?> Restraint(IServiceProvider services)
    {
        var time = services.GetRequiredService<TimeProvider>();
        return response => Restraint(response, time.GetUtcNow());
    }

    /// <summary>How long to leave it alone: once nothing is left, until there is more, at most a minute; null before.</summary>
    /// <param name="response">An answer.</param>
    /// <param name="now">When it came.</param>
    public static TimeSpan? Restraint(HttpResponseMessage response, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(response);
        if ((response.StatusCode != HttpStatusCode.TooManyRequests && Number(response, "X-RateLimit-Remaining") is not <= 0)
            || Number(response, "X-RateLimit-Reset") is not { } reset)
            return null;
        // Clocks differ: what it says is over may not be, and a wait of hours is none that it means.
        var wait = reset - now.ToUnixTimeMilliseconds() / 1000.0;
        return TimeSpan.FromSeconds(Math.Clamp(wait, 1, Longest.TotalSeconds));
    }

    private static double? Number(HttpResponseMessage response, string header) =>
        response.Headers.TryGetValues(header, out var values)
        && double.TryParse(values.First(), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}
