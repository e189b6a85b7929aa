using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketData.Simulator.Requests;

/// <summary><c>/simulator/requests</c>: what was asked, how fast; and <c>/simulator/quotas</c>: how fast it may be.</summary>
internal static class RequestsApi
{
    /// <summary>Maps the routes.</summary>
    public static void MapRequests(this IEndpointRouteBuilder app)
    {
        app.MapGet("/simulator/requests", GetStatistics);
        app.MapDelete("/simulator/requests", Forget);
        app.MapGet("/simulator/quotas", GetQuotas);
        app.MapPut("/simulator/quotas", SetQuota);
    }

    /// <summary>All providers' statistics, or of those requests that <c>provider</c> and <c>symbol</c> (canonical) leave.</summary>
    private static RequestStatistics[] GetStatistics(RequestLog log, string? provider, string? symbol, double? window_seconds)
    {
        var requests = log.All();
        return
        [
            .. from candidate in Enum.GetValues<Provider>()
               where provider is null || string.Equals(provider, candidate.Name(), StringComparison.OrdinalIgnoreCase)
               let own = requests.Where(request => request.Endpoint.Provider == candidate && (symbol is null || request.Symbol.Split(',').Contains(symbol))).ToArray()
               select RequestStatistics.Of(candidate, own, window_seconds),
        ];
    }

    private static NoContent Forget(RequestLog log)
    {
        log.Clear();
        return TypedResults.NoContent();
    }

    private static QuotaSetting[] GetQuotas(Quotas quotas) =>
        [.. Enum.GetValues<Provider>().Select(provider => new QuotaSetting(provider.Name(), quotas.Limit(provider)))];

    private static Results<Ok<QuotaSetting>, ProblemHttpResult> SetQuota(QuotaSetting setting, Quotas quotas)
    {
        if (!Providers.TryParse(setting.Provider, out var provider) || setting.RequestsPerMinute < 1)
        {
            return TypedResults.Problem(
                $"provider must be one of {Providers.Names}, requests_per_minute above 0 or null.", statusCode: StatusCodes.Status400BadRequest, title: "Not a quota.");
        }

        quotas.SetLimit(provider, setting.RequestsPerMinute);
        return TypedResults.Ok(setting);
    }
}
