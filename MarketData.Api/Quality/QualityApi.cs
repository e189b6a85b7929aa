using MarketData.Api.Requests;
using MarketData.Domain.Candles;
using Microsoft.AspNetCore.Http.HttpResults;
using static MarketData.Api.Requests.Parameters;

namespace MarketData.Api.Quality;

/// <summary>How good the data is: <c>/api/v1/data/quality</c>.</summary>
public static class QualityApi
{
    private static readonly RequestParameter<BarInterval?> Interval = Timeframe("Only this interval.", null);
    private static readonly RequestParameter<DateTime?> Start = Instant("start", "The first day; 90 days before the last when left out.");
    private static readonly RequestParameter<DateTime?> End = Instant("end", "The last day; today when left out.");
    private static readonly RequestParameter<int?> Limit = Integer("limit", "Gaps, anomalies, rejected candles and revisions to list, of each.", 1, 1000, 100);

    /// <summary>Maps the endpoint.</summary>
    public static RouteGroupBuilder MapQuality(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/data/quality").WithTags("Data");

        group.MapGet("/{symbol}", GetQuality)
            .Takes(RouteSymbol, Interval, Start, End, Limit)
            .WithName("GetQuality").WithSummary("Daily metrics, gaps, anomalies, rejected candles and revisions of a symbol");
        return api;
    }

    private static Task<Results<Ok<QualityReport>, ProblemHttpResult>> GetQuality(RequestValues request) => throw new NotSupportedException();
}
