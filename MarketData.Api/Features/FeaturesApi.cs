using MarketData.Api.Database;
using MarketData.Api.Errors;
using MarketData.Api.Historical;
using MarketData.Api.Requests;
using MarketData.Domain.Candles;
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
            .Produces<FeaturePage>().MayFailWith(ProblemCodes.SymbolNotTracked)
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
    ]));

    private static async Task<IResult> GetFeaturesAsync([AsParameters] FeaturesQuery query, HttpContext context, CandleReader reader)
    {
        var cancellation = context.RequestAborted;
        if (SeriesCursor.Objection(query.Cursor, context.Request) is { } objection)
            return Problems.Invalid("cursor", objection);
        if (await reader.FindAsync(query.Symbol, BarIntervals.Parse(query.Timeframe), cancellation) is not { } series)
            return Problems.NotTracked(query.Symbol);
        var adjusted = Adjustment.IsAdjusted(query.Adjusted) ? series.ActionsVersion : null;
        var tag = EntityTag.Of(context.Request.Path, context.Request.QueryString.Value, series.Version, adjusted);
        if (EntityTag.IsKnown(context.Request, tag))
            return EntityTag.Tagged(tag, TypedResults.StatusCode(StatusCodes.Status304NotModified));

        var range = Range(query, series);
        var (rows, hasMore) = await reader.ReadPageAsync(range, series, cancellation);
        return EntityTag.Tagged(tag, new JsonPage("features", range, rows, hasMore, SeriesCursor.QueryOf(context.Request)).Answer());
    }

    private static CandleQuery Range(FeaturesQuery query, StoredSeries series)
    {
        var interval = BarIntervals.Parse(query.Timeframe);
        var isLatest = query.Start is null && query.End is null && query.Cursor is null;
        return new()
        {
            Instrument = series.Instrument,
            Interval = interval,
            From = query.Start?.StartOf(series.Instrument, interval),
            After = query.Cursor is { IsBackward: false } after ? after.Instant : null,
            Before = query.Cursor is { IsBackward: true } before ? before.Instant : query.End?.EndOf(series.Instrument, interval),
            Limit = query.Limit ?? (isLatest ? 1 : MaxPage),
            Newest = query.Cursor?.IsBackward ?? query.Start is null,
            Values = false,
            Features = true,
            Adjusted = Adjustment.IsAdjusted(query.Adjusted),
            SplitsOnly = Adjustment.IsSplitsOnly(query.Adjusted),
            AsOf = query.AsOf?.Utc,
        };
    }
}
