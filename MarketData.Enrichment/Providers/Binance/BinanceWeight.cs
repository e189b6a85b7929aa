using System.Globalization;
using Microsoft.Extensions.Options;

namespace MarketData.Enrichment.Providers.Binance;

/// <summary>
/// Binance counts what requests weigh and says so with each answer; who goes past the limit is first refused, then banned.
/// </summary>
public static class BinanceWeight
{
    private const string Header = "X-MBX-USED-WEIGHT-1M";
    private const double Share = 0.9;

    /// <summary>What reads <see cref="Restraint(HttpResponseMessage, int, DateTimeOffset)"/> of each answer, with the limit that is set.</summary>
    public static Func<HttpResponseMessage, TimeSpan?> Restraint(IServiceProvider services)
    {
        var (options, time) = (services.GetRequiredService<IOptions<BinanceOptions>>().Value, services.GetRequiredService<TimeProvider>());
        return response => Restraint(response, options.WeightPerMinute, time.GetUtcNow());
    }

    /// <summary>How long to leave it alone: until its minute is over, once nine tenths of the weight are used up; null before.</summary>
    /// <param name="response">An answer.</param>
    /// <param name="perMinute">The weight that a minute allows, 1 or more.</param>
    /// <param name="now">When the answer came.</param>
    public static TimeSpan? Restraint(HttpResponseMessage response, int perMinute, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(response);
        return response.Headers.TryGetValues(Header, out var values)
            && double.TryParse(values.First(), NumberStyles.Number, CultureInfo.InvariantCulture, out var used)
            && used >= perMinute * Share
            ? TimeSpan.FromSeconds(60 - now.Second)
            : null;
    }
}
