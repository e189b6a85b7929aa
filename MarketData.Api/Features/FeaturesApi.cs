using MarketData.Api.Requests;
using MarketData.Domain.Candles;
using static MarketData.Api.Requests.Parameters;

namespace MarketData.Api.Features;

/// <summary>Features alone: <c>/api/v1/features</c>.</summary>
public static class FeaturesApi
{
    private static readonly RequestParameter<BarInterval?> Interval = Timeframe("The interval.", BarInterval.OneDay);
    private static readonly RequestParameter<DateTime?> Start = Instant("start", "Only candles that open at or after this instant. Without start and end: the latest candle only.");
    private static readonly RequestParameter<DateTime?> End = Instant("end", "Only candles that open at or before this instant.");
    private static readonly RequestParameter<int?> Limit = Integer("limit", "Rows at most.", 1, 10_000);

    /// <summary>Maps the endpoints.</summary>
    public static RouteGroupBuilder MapFeatures(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/features").WithTags("Data");

        group.MapGet("/", GetCatalogue).Produces<FeatureCatalogueView>().WithName("GetFeatureCatalogue").WithSummary("Every feature and what it is");
        group.MapGet("/{symbol}", GetFeatures)
            .Takes(RouteSymbol, Interval, Start, End, Limit, PageCursor)
            .Produces<FeaturePage>()
            .WithName("GetFeatures").WithSummary("The features of a symbol, latest or a range");
        return api;
    }

    private static Task GetCatalogue(HttpContext context, CancellationToken cancellationToken) => throw new NotSupportedException();

    private static Task GetFeatures(HttpContext context, RequestValues request) => throw new NotSupportedException();
}
