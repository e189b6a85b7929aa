using MarketData.Api.Errors;
using MarketData.Api.Historical;
using MarketData.Api.Requests;
using MarketData.Domain.Candles;
using MarketData.Domain.Features;
using MarketData.Storage.Candles;
using Microsoft.AspNetCore.Http.HttpResults;
using static MarketData.Api.Requests.Parameters;

namespace MarketData.Api.Features;

/// <summary>Features alone: <c>/api/v1/features</c>.</summary>
public static class FeaturesApi
{
    private const int MaxPage = 10_000;

    private static readonly RequestParameter<BarInterval?> Interval = Timeframe("The interval.", BarInterval.OneDay);
    private static readonly RequestParameter<DateTime?> Start = Instant("start", "Only candles that open at or after this instant. Without start and end: the latest candle only.");
    private static readonly RequestParameter<DateTime?> End = Instant("end", "Only candles that open at or before this instant.");
    private static readonly RequestParameter<int?> Limit = Integer("limit", "Rows at most: from the oldest on when `start` is given, else the newest. Left out: 1 without start and end, else 10,000.", 1, MaxPage);

    /// <summary>Maps the endpoints.</summary>
    public static RouteGroupBuilder MapFeatures(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/features").WithTags("Data");

        group.MapGet("/", GetCatalogue).WithName("GetFeatureCatalogue").WithSummary("Every feature and what it is");
        group.MapGet("/{symbol}", GetFeaturesAsync)
            .Takes(RouteSymbol, Interval, Start, End, Limit, PageCursor)
            .Produces<FeaturePage>().ProducesProblem(StatusCodes.Status404NotFound)
            .AddOpenApiOperationTransformer(CandleDescription.DescribeTagAsync)
            .WithName("GetFeatures").WithSummary("The features of a symbol, latest or a range");
        return api;
    }

    private static Ok<FeatureCatalogueView> GetCatalogue() => TypedResults.Ok(new FeatureCatalogueView(
    [
        .. from feature in FeatureCatalogue.All
           select new FeatureView
           {
               Name = feature.Name,
               Version = feature.Version,
               Kind = feature.Labels.Count > 0 ? "text" : "number",
               WarmUp = feature.WarmUp,
               Inputs = feature.Inputs,
               Definition = feature.Definition,
               Source = feature.Source,
               CryptoOnly = feature.Scope == FeatureScope.Crypto,
           },
    ]));

    private static async Task<IResult> GetFeaturesAsync(HttpContext context, RequestValues request, CandleReader reader)
    {
        var cancellation = context.RequestAborted;
        if (!SeriesCursor.TryParseOptional(request.Get(PageCursor), out var cursor))
            return Problems.Invalid("cursor", SeriesCursor.Requirement);
        if (await reader.FindAsync(request.Get(RouteSymbol), request.Get(Interval)!.Value, cancellation) is not { } series)
            return Problems.NotFound($"The symbol {request.Get(RouteSymbol)} is not tracked.");
        if (EntityTag.IsKnown(context, EntityTag.Of(context.Request.Path, context.Request.QueryString.Value, series.Version)))
            return Results.Empty;

        var query = Query(request, series, cursor);
        var (page, hasMore) = await reader.ReadPageAsync(query, series, cancellation);
        using (page)
        {
            var next = hasMore ? new SeriesCursor(query.Newest, page.Timestamp(query.Newest ? 0 : page.Count - 1)) : (SeriesCursor?)null;
            context.Response.ContentType = CandleFormat.Json.MediaType();
            await JsonPage.WriteAsync(context.Response.BodyWriter, (query.Instrument.Symbol, query.Interval), "features", page, next, cancellation);
        }

        return Results.Empty;
    }

    private static CandleQuery Query(RequestValues request, StoredSeries series, SeriesCursor? cursor)
    {
        var isLatest = request.Get(Start) is null && request.Get(End) is null && cursor is null;
        return new()
        {
            Instrument = series.Instrument,
            Interval = request.Get(Interval)!.Value,
            From = request.Get(Start),
            To = request.Get(End),
            After = cursor is { IsBackward: false } after ? after.Instant : null,
            Before = cursor is { IsBackward: true } before ? before.Instant : null,
            Limit = request.Get(Limit) ?? (isLatest ? 1 : MaxPage),
            Newest = cursor?.IsBackward ?? request.Get(Start) is null,
            Values = false,
            Features = true,
        };
    }
}
