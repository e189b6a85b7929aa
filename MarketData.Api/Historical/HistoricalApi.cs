using System.IO.Pipelines;
using MarketData.Api.Database;
using MarketData.Api.Errors;
using MarketData.Api.Requests;
using MarketData.Api.Security;
using MarketData.Api.Watchlists;
using MarketData.Domain.Candles;
using MarketData.Storage.Candles;
using MarketData.Storage.Symbols;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketData.Api.Historical;

/// <summary>Candles, in every form that tools want: <c>/api/v1/historical</c>.</summary>
public static class HistoricalApi
{
    private const int MaxPage = 10_000;

    /// <summary>Maps the endpoint.</summary>
    public static RouteGroupBuilder MapHistorical(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/historical").WithTags("Data");

        group.MapGet("/", GetSetAsync)
            .Produces<CandleSet>()
            .MayFailWith(
                ProblemCodes.WatchlistNotFound, ProblemCodes.SymbolNotTracked, ProblemCodes.FormatNotAvailable, ProblemCodes.TooManyStreams,
                ProblemCodes.StreamsBusy)
            .AddOpenApiOperationTransformer(CandleDescription.DescribeSetAsync)
                .AddOpenApiOperationTransformer(CandleDescription.DescribeTagAsync)
            .WithRequestTimeout(SecuritySetup.ExportTimeout)
            .WithName("GetHistoricalSet").WithSummary("Candles of many symbols, in one stream ordered by symbol and time");
        group.MapGet("/{symbol}", GetCandlesAsync)
            .Produces<CandlePage>()
            .MayFailWith(ProblemCodes.SymbolNotTracked, ProblemCodes.FormatNotAvailable, ProblemCodes.TooManyStreams, ProblemCodes.StreamsBusy)
            .AddOpenApiOperationTransformer(CandleDescription.DescribeFormatsAsync)
                .AddOpenApiOperationTransformer(CandleDescription.DescribeTagAsync)
            .WithRequestTimeout(SecuritySetup.ExportTimeout)
            .WithName("GetHistorical").WithSummary("Candles of a symbol");
        return api;
    }

    private static async Task<IResult> GetCandlesAsync(
        Symbol symbol, [AsParameters] CandleSelection query, SeriesCursor? cursor, HttpContext context, CandleReader reader, ReadReplica replica,
        CandleServices services, TimeProvider time)
    {
        if (CandleFormats.Choose(query.Format?.ToLowerInvariant(), context.Request.Headers.Accept) is not { } format)
            return CandleFormats.NotAcceptable();
        if (format == CandleFormat.Json && query.Limit > MaxPage)
            return Problems.Invalid("limit", "'limit' must be at most 10000 for JSON: follow next_cursor, or ask for another format.");
        var (answer, problem) = AnswerShape.Read(query.Columns, query.Features, query.Tz, query.Decimals, format);
        if (problem is not null)
            return problem;
        var shape = Paged(query.Shape(answer, time.GetUtcNow().UtcDateTime), answer, format);
        if (format == CandleFormat.Json && query.Limit <= PageCache.MostCandles)
            return await AnswerAsync(symbol, query, shape, answer, cursor, format, context, reader, services);
        return await ReadRangeAsync(
            reader, replica, from => AnswerAsync(symbol, query, shape, answer, cursor, format, context, from, services), context.RequestAborted);
    }

    // A symbol that the replica does not know yet may be at the primary already.
    private static async Task<IResult> ReadRangeAsync(
        CandleReader primary, ReadReplica replica, Func<CandleReader, Task<IResult>> answer, CancellationToken cancellation) =>
        await replica.ReadAsync(answer, cancellation) is var found && found is ProblemHttpResult { StatusCode: StatusCodes.Status404NotFound }
            ? await answer(primary)
            : found;

    private static async Task<IResult> AnswerAsync(
        Symbol symbol, CandleSelection query, CandleQuery shape, AnswerShape answer, SeriesCursor? cursor, CandleFormat format, HttpContext context,
        CandleReader reader, CandleServices services)
    {
        var cancellation = context.RequestAborted;
        if (await reader.FindAsync(symbol, query.Bars, cancellation) is not { } series)
            return Problems.NotTracked(symbol);

        var range = CandleSelection.InPage(query.Of(shape, series), cursor);
        answer = answer.For(query.Bars, series);
        var adjusted = range.Adjusted && series.ActionsVersion is not null;
        var tag = EntityTag.Of(
            context.Request.Path, context.Request.QueryString.Value, format.Name(), series.Version,
            adjusted ? series.ActionsVersion : null, CandleSelection.Ended(range, series), answer.Zone is null ? null : series.Zone);
        if (EntityTag.IsKnown(context.Request, tag))
            return EntityTag.Tagged(tag, TypedResults.StatusCode(StatusCodes.Status304NotModified));
        var isKept = format == CandleFormat.Json && range.Limit <= PageCache.MostCandles;
        if (isKept && services.Pages.Find(tag.Tag.ToString()) is { } known)
            return EntityTag.Tagged(tag, Page(known));

        if (!isKept && await services.Limits.EnterAsync(context, StreamKind.Export) is { } refused)
            return refused;
        if (format != CandleFormat.Json)
            return EntityTag.Tagged(tag, await CandleAnswer.ExportAsync(reader, range, [(range, series)], format, answer, services.Space, cancellation));
        var (rows, hasMore) = await reader.ReadPageAsync(range, series, cancellation);
        var page = new JsonPage("candles", range, answer, rows, hasMore, CursorQuery.Of(context.Request));
        if (!isKept)
            return EntityTag.Tagged(tag, page.Answer());
        using (rows)
        {
            var body = new MemoryStream();
            await page.WriteAsync(PipeWriter.Create(body), cancellation);
            services.Pages.Keep(tag.Tag.ToString(), body.ToArray());
            return EntityTag.Tagged(tag, Page(body.ToArray()));
        }
    }

    private static async Task<IResult> GetSetAsync(
        [AsParameters] SymbolSelection symbols, [AsParameters] CandleSelection query, HttpContext context, CandleReader reader, ReadReplica replica,
        WatchlistStore watchlists, CandleServices services, TimeProvider time)
    {
        var (listed, missing) = await WatchlistChoice.ResolveAsync(
            watchlists, symbols.Watchlist, symbols.Symbols, symbols.AssetClass, active: false, context.RequestAborted);
        if (missing is not null)
            return missing;
        symbols = symbols with { Symbols = listed };
        var now = time.GetUtcNow().UtcDateTime;
        return await ReadRangeAsync(reader, replica, from => AnswerSetAsync(symbols, query, context, from, services, now), context.RequestAborted);
    }

    private static async Task<IResult> AnswerSetAsync(
        SymbolSelection symbols, CandleSelection query, HttpContext context, CandleReader reader, CandleServices services, DateTime now)
    {
        var cancellation = context.RequestAborted;
        if (CandleFormats.Choose(query.Format?.ToLowerInvariant(), context.Request.Headers.Accept) is not { } format)
            return CandleFormats.NotAcceptable();
        if (SymbolChoice.Objection(symbols.Symbols, symbols.AssetClass, isNeeded: true) is { } objection)
            return objection;
        var (answer, wrong) = AnswerShape.Read(query.Columns, query.Features, query.Tz, query.Decimals, format);
        if (wrong is not null)
            return wrong;
        var (series, problem) = await SymbolChoice.FindAsync(reader, symbols.Symbols, symbols.AssetClass, query.Bars, cancellation);
        if (problem is not null)
            return problem;

        var shape = query.Shape(answer, now) with { SymbolColumn = true, TimeframeColumn = format != CandleFormat.Json || answer.Has("timeframe") };
        var ranges = series.Select(one => (Query: query.Of(shape, one), Series: one)).ToList();
        answer = answer.For(query.Bars, series);
        var versions = ranges.SelectMany(one => new[]
        {
            one.Series.Version, shape.Adjusted ? one.Series.ActionsVersion : null, CandleSelection.Ended(one.Query, one.Series),
            answer.Zone is null ? null : one.Series.Zone,
        });
        var tag = EntityTag.Of([context.Request.Path, context.Request.QueryString.Value, format.Name(), .. versions]);
        if (EntityTag.IsKnown(context.Request, tag))
            return EntityTag.Tagged(tag, TypedResults.StatusCode(StatusCodes.Status304NotModified));
        if (await services.Limits.EnterAsync(context, StreamKind.Export) is { } refused)
            return refused;
        return EntityTag.Tagged(tag, await CandleAnswer.ExportAsync(reader, shape, ranges, format, answer, services.Space, cancellation));
    }

    private static IResult Page(byte[] body) => Results.Bytes(body, CandleFormat.Json.MediaType());

    private static CandleQuery Paged(CandleQuery shape, AnswerShape answer, CandleFormat format)
    {
        var isBinary = format is CandleFormat.Parquet or CandleFormat.Arrow;
        return shape with
        {
            SymbolColumn = isBinary || answer.Has("symbol"),
            TimeframeColumn = isBinary || answer.Has("timeframe"),
            Limit = shape.Limit ?? (format == CandleFormat.Json ? MaxPage : null),
        };
    }
}
