using System.Globalization;
using MarketData.Api.Errors;
using MarketData.Api.Historical;
using MarketData.Api.Watchlists;
using MarketData.Domain.Candles;
using MarketData.Storage.Candles;
using MarketData.Storage.Symbols;

namespace MarketData.Api.Latest;

/// <summary>The newest candle of each symbol: <c>/api/v1/latest</c>.</summary>
public static class LatestApi
{
    /// <summary>Maps the endpoint.</summary>
    public static RouteGroupBuilder MapLatest(this RouteGroupBuilder api)
    {
        api.MapGet("/latest", GetLatestAsync)
            .Produces<LatestCandles>()
            .MayFailWith(ProblemCodes.WatchlistNotFound, ProblemCodes.SymbolNotTracked, ProblemCodes.FormatNotAvailable)
            .AddOpenApiOperationTransformer(CandleDescription.DescribeSetAsync)
            .WithTags("Data").WithName("GetLatest").WithSummary("The newest candle, change, features and age of all or some symbols");
        return api;
    }

    private static async Task<IResult> GetLatestAsync(
        [AsParameters] LatestQuery query, HttpContext context, LatestReader reader, LatestBodies bodies, CandleReader series, WatchlistStore watchlists,
        TimeProvider time)
    {
        var cancellation = context.RequestAborted;
        if (CandleFormats.Choose(query.Format?.ToLowerInvariant(), context.Request.Headers.Accept) is not { } format)
            return CandleFormats.NotAcceptable();
        var (listed, missing) = await WatchlistChoice.ResolveAsync(
            watchlists, query.Watchlist, query.Symbols, query.AssetClass, active: false, cancellation);
        if (missing is not null)
            return missing;
        query = query with { Symbols = listed };
        if (SymbolChoice.Objection(query.Symbols, query.AssetClass, isNeeded: false) is { } objection)
            return objection;
        var interval = BarIntervals.Parse(query.Timeframe);
        if (query.Symbols is { Length: > 0 } && (await SymbolChoice.FindAsync(series, query.Symbols, null, Timeframe.Of(interval), cancellation)).Problem is { } problem)
            return problem;

        var now = time.GetUtcNow().UtcDateTime;
        AssetClass? assetClass = query.AssetClass is { } name ? AssetClassNames.Parse(name) : null;
        var rows = await reader.ReadAsync(
            query.Symbols is { Length: > 0 } named ? named : null, assetClass, interval, query.Features, cancellation);
        // Of all symbols the rows stay the same until one is written to, and so does what is written of them.
        var body = format == CandleFormat.Json && query is { Symbols: not { Length: > 0 }, AssetClass: null } ? bodies.Of(rows) : null;
        return new StreamedAnswer(http => body is null
            ? WriteAsync(http.Response, rows.At(now), interval, format, now, cancellation)
            : WriteAsync(http.Response, body, rows.AgesAt(now), interval, now, cancellation));
    }

    private static async Task WriteAsync(
        HttpResponse response, CandleBatch rows, BarInterval interval, CandleFormat format, DateTime now, CancellationToken cancellation)
    {
        CandleAnswer.SetType(response, format, string.Create(CultureInfo.InvariantCulture, $"latest_{interval.Name()}_{now:yyyy-MM-ddTHHmmss}Z"));
        response.Headers.CacheControl = "no-store";
        await using var export = CandleAnswer.Export(format, response.BodyWriter, json =>
        {
            json.WriteString("timeframe", interval.Name());
            json.WriteString("at", now);
        });
        await export.WriteAsync(rows, cancellation);
        await export.CompleteAsync(cancellation);
    }

    private static Task WriteAsync(
        HttpResponse response, LatestBody body, double[] ages, BarInterval interval, DateTime now, CancellationToken cancellation)
    {
        response.ContentType = CandleFormat.Json.MediaType();
        response.Headers.CacheControl = "no-store";
        return body.WriteAsync(response.BodyWriter, interval, now, ages, cancellation);
    }
}
