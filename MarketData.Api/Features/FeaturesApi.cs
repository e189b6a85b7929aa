using MarketData.Api.Database;
using MarketData.Api.Errors;
using MarketData.Api.Historical;
using MarketData.Api.Requests;
using MarketData.Api.Security;
using MarketData.Domain.Features;
using MarketData.Storage.Candles;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketData.Api.Features;

/// <summary>Features alone: <c>/api/v1/features</c>.</summary>
public static class FeaturesApi
{
    private const int MaxPage = 10_000;

    /// <summary>Maps the endpoints.</summary>
    public static RouteGroupBuilder MapFeatures(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/features").WithTags("Data");

        group.MapGet("/", GetCatalogue).WithName("GetFeatureCatalogue").WithSummary("Every feature and what it is");
        group.MapGet("/{symbol}", GetFeaturesAsync)
            .Produces<FeaturePage>().MayFailWith(ProblemCodes.SymbolNotTracked, ProblemCodes.TooManyStreams, ProblemCodes.StreamsBusy)
            .AddOpenApiOperationTransformer(CandleDescription.DescribeTagAsync)
            .WithName("GetFeatures").WithSummary("The features of a symbol, latest or a range");
        return api;
    }

    [NeedsNoDatabase]
    private static Ok<FeatureCatalogueView> GetCatalogue() => TypedResults.Ok(new FeatureCatalogueView(
    [
        .. from feature in FeatureCatalogue.All
           select new FeatureView(
               Name: feature.Name,
               Version: feature.Version,
               Kind: feature.Labels.Count > 0 ? "text" : "number",
               WarmUp: feature.WarmUp,
               Inputs: feature.Inputs,
               Definition: feature.Definition,
               Source: feature.Source,
               CryptoOnly: feature.Scope == FeatureScope.Crypto),
    ],
    [
        .. from family in FeatureCatalogue.Families
           let standard = FeatureCatalogue.All.Where(feature => FeatureCatalogue.FamilyOf(feature) == family).Select(feature => feature.Name)
           select new FeatureFamilyView(family.Name, FeatureFamily.Shortest, FeatureFamily.Longest, [.. standard]),
    ]));

    private static async Task<IResult> GetFeaturesAsync(
        [AsParameters] FeaturesQuery query, HttpContext context, CandleReader reader, StreamLimits limits, TimeProvider time)
    {
        var cancellation = context.RequestAborted;
        var candles = query.Candles;
        var (answer, problem) = AnswerShape.Read(null, candles.Features, query.Tz, query.Decimals, CandleFormat.Json);
        if (problem is not null)
            return problem;
        if (answer.Features is { Count: 0 })
            return Problems.Invalid("features", "'features' must name some, or be left out for all.");
        if (await reader.FindAsync(query.Symbol, candles.Bars, cancellation) is not { } series)
            return Problems.NotTracked(query.Symbol);

        var isLatest = query is { Start: null, End: null, Cursor: null, Order: null };
        var range = CandleSelection.InPage(candles.Of(candles.Shape(answer, time.GetUtcNow().UtcDateTime), series), query.Cursor) with
        {
            Limit = query.Limit ?? (isLatest ? 1 : MaxPage),
            Values = false,
        };
        answer = answer.For(candles.Bars, series);
        var tag = EntityTag.Of(
            context.Request.Path, context.Request.QueryString.Value, series.Version, range.Adjusted ? series.ActionsVersion : null,
            CandleSelection.Ended(range, series), answer.Zone is null ? null : series.Zone);
        if (EntityTag.IsKnown(context.Request, tag))
            return EntityTag.Tagged(tag, TypedResults.StatusCode(StatusCodes.Status304NotModified));

        if (range.Limit > PageCache.MostCandles && await limits.EnterAsync(context, StreamKind.Export) is { } refused)
            return refused;
        var (rows, hasMore) = await reader.ReadPageAsync(range, series, cancellation);
        return EntityTag.Tagged(tag, new JsonPage("features", range, answer, rows, hasMore, CursorQuery.Of(context.Request)).Answer());
    }
}
