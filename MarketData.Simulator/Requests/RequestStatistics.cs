using System.Globalization;
using System.Text.Json.Serialization;

namespace MarketData.Simulator.Requests;

/// <summary>What a provider was asked.</summary>
/// <param name="Provider">Which one.</param>
/// <param name="Total">Requests since the start or the last DELETE (of the last 200,000 over all providers).</param>
/// <param name="MaxIn1Second">The most within any one second.</param>
/// <param name="MaxIn60Seconds">The most within any 60 seconds.</param>
/// <param name="MaxInWindow">The most within any span of <c>?window_seconds=</c>; null when not asked for.</param>
/// <param name="First">The first request's arrival.</param>
/// <param name="Last">The last request's arrival.</param>
/// <param name="ByStatus">How many were answered with each status; <c>0</c> counts broken connections and answers still to come.</param>
/// <param name="ByEndpoint">How many asked for what.</param>
/// <param name="ByMinute">How many came in each clock minute, UTC.</param>
internal sealed record RequestStatistics(
    string Provider,
    int Total,
    [property: JsonPropertyName("max_in_1_second")] int MaxIn1Second,
    [property: JsonPropertyName("max_in_60_seconds")] int MaxIn60Seconds,
    int? MaxInWindow,
    DateTime? First,
    DateTime? Last,
    IReadOnlyDictionary<string, int> ByStatus,
    IReadOnlyDictionary<string, int> ByEndpoint,
    IReadOnlyDictionary<string, int> ByMinute)
{
    /// <summary>Counts requests of one provider, given in order of arrival.</summary>
    public static RequestStatistics Of(Provider provider, IReadOnlyList<LoggedRequest> requests, double? windowSeconds) => new(
        provider.Name(),
        requests.Count,
        RequestLog.MostWithin(requests, TimeSpan.FromSeconds(1)),
        RequestLog.MostWithin(requests, TimeSpan.FromSeconds(60)),
        windowSeconds is { } seconds ? RequestLog.MostWithin(requests, TimeSpan.FromSeconds(seconds)) : null,
        requests.Count > 0 ? requests[0].At.UtcDateTime : null,
        requests.Count > 0 ? requests[^1].At.UtcDateTime : null,
        Count(requests, request => request.Status.ToString(CultureInfo.InvariantCulture)),
        Count(requests, request => SnakeCase.Name(request.Endpoint.Kind)),
        Count(requests, request => request.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm'Z'", CultureInfo.InvariantCulture)));

    private static Dictionary<string, int> Count(IEnumerable<LoggedRequest> requests, Func<LoggedRequest, string> key) =>
        requests.CountBy(key).ToDictionary(pair => pair.Key, pair => pair.Value);
}
