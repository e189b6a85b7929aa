using System.IO.Pipelines;
using MarketData.Api.Database;
using MarketData.Api.Errors;
using MarketData.Api.Requests;
using MarketData.Api.Security;
using MarketData.Domain.Candles;
using MarketData.Storage.Candles;
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
            .MayFailWith(ProblemCodes.SymbolNotTracked, ProblemCodes.FormatNotAvailable)
            .AddOpenApiOperationTransformer(CandleDescription.DescribeSetAsync)
                .AddOpenApiOperationTransformer(CandleDescription.DescribeTagAsync)
            .WithRequestTimeout(SecuritySetup.ExportTimeout)
            .WithName("GetHistoricalSet").WithSummary("Candles of many symbols, in one stream ordered by symbol and time");
        group.MapGet("/{symbol}", GetCandlesAsync)
            .Produces<CandlePage>()
            .MayFailWith(ProblemCodes.SymbolNotTracked, ProblemCodes.FormatNotAvailable)
            .AddOpenApiOperationTransformer(CandleDescription.DescribeFormatsAsync)
                .AddOpenApiOperationTransformer(CandleDescription.DescribeTagAsync)
            .WithRequestTimeout(SecuritySetup.ExportTimeout)
            .WithName("GetHistorical").WithSummary("Candles of a symbol");
        return api;
    }

    private static async Task<IResult> GetCandlesAsync(
        [AsParameters] HistoricalQuery query, HttpContext context, CandleReader reader, ReadReplica replica, PageCache pages)
    {
        if (CandleFormats.Choose(query.Format?.ToLowerInvariant(), context.Request.Headers.Accept) is not { } format)
            return CandleFormats.NotAcceptable();
        if (format == CandleFormat.Json && query.Limit > MaxPage)
            return Problems.Invalid("limit", "'limit' must be at most 10000 for JSON: follow next_cursor, or ask for another format.");
        if (SeriesCursor.Objection(query.Cursor, context.Request) is { } objection)
            return Problems.Invalid("cursor", objection);
        if (format == CandleFormat.Json && query.Limit <= PageCache.MostCandles)
            return await AnswerAsync(query, format, context, reader, pages);
        return await ReadRangeAsync(reader, replica, from => AnswerAsync(query, format, context, from, pages), context.RequestAborted);
    }

    // A symbol that the replica does not know yet may be at the primary already.
    private static async Task<IResult> ReadRangeAsync(
        CandleReader primary, ReadReplica replica, Func<CandleReader, Task<IResult>> answer, CancellationToken cancellation) =>
        await replica.ReadAsync(answer, cancellation) is var found && found is ProblemHttpResult { StatusCode: StatusCodes.Status404NotFound }
            ? await answer(primary)
            : found;

    private static async Task<IResult> AnswerAsync(
        HistoricalQuery query, CandleFormat format, HttpContext context, CandleReader reader, PageCache pages)
    {
        var cancellation = context.RequestAborted;
        if (await reader.FindAsync(query.Symbol, BarIntervals.Parse(query.Timeframe), cancellation) is not { } series)
            return Problems.NotTracked(query.Symbol);

        var range = Range(query, series, BarIntervals.Parse(query.Timeframe), format);
        var adjusted = Adjustment.IsAdjusted(query.Adjusted) && series.ActionsVersion is not null;
        var tag = EntityTag.Of(
            context.Request.Path, context.Request.QueryString.Value, format.Name(), series.Version,
            adjusted ? series.ActionsVersion : null);
        if (EntityTag.IsKnown(context.Request, tag))
            return EntityTag.Tagged(tag, TypedResults.StatusCode(StatusCodes.Status304NotModified));
        var isKept = format == CandleFormat.Json && range.Limit <= PageCache.MostCandles;
        if (isKept && pages.Find(tag.Tag.ToString()) is { } known)
            return EntityTag.Tagged(tag, Page(known));

        if (format != CandleFormat.Json)
            return EntityTag.Tagged(tag, await CandleAnswer.ExportAsync(reader, range, [(range, series)], format, cancellation));
        var (rows, hasMore) = await reader.ReadPageAsync(range, series, cancellation);
        var page = new JsonPage("candles", range, rows, hasMore, SeriesCursor.QueryOf(context.Request));
        if (!isKept)
            return EntityTag.Tagged(tag, page.Answer());
        using (rows)
        {
            var body = new MemoryStream();
            await page.WriteAsync(PipeWriter.Create(body), cancellation);
            pages.Keep(tag.Tag.ToString(), body.ToArray());
            return EntityTag.Tagged(tag, Page(body.ToArray()));
        }
    }

    private static Task<IResult> GetSetAsync([AsParameters] HistoricalSetQuery query, HttpContext context, CandleReader reader, ReadReplica replica) =>
        ReadRangeAsync(reader, replica, from => AnswerSetAsync(query, context, from), context.RequestAborted);

    private static async Task<IResult> AnswerSetAsync(HistoricalSetQuery query, HttpContext context, CandleReader reader)
    {
        var cancellation = context.RequestAborted;
        if (CandleFormats.Choose(query.Format?.ToLowerInvariant(), context.Request.Headers.Accept) is not { } format)
            return CandleFormats.NotAcceptable();
        if (SymbolChoice.Objection(query.Symbols, query.AssetClass, isNeeded: true) is { } objection)
            return objection;
        var shape = query.Shape;
        var (series, problem) = await SymbolChoice.FindAsync(reader, query.Symbols, query.AssetClass, shape.Interval, cancellation);
        if (problem is not null)
            return problem;

        var versions = series.SelectMany(one => new[] { one.Version, Adjustment.IsAdjusted(query.Adjusted) ? one.ActionsVersion : null });
        var tag = EntityTag.Of([context.Request.Path, context.Request.QueryString.Value, format.Name(), .. versions]);
        if (EntityTag.IsKnown(context.Request, tag))
            return EntityTag.Tagged(tag, TypedResults.StatusCode(StatusCodes.Status304NotModified));
        shape = shape with { TimeframeColumn = format != CandleFormat.Json };
        var ranges = series.Select(one => (query.Of(shape, one.Instrument), one)).ToList();
        return EntityTag.Tagged(tag, await CandleAnswer.ExportAsync(reader, shape, ranges, format, cancellation));
    }

    private static IResult Page(byte[] body) => Results.Bytes(body, CandleFormat.Json.MediaType());

    private static CandleQuery Range(HistoricalQuery query, StoredSeries series, BarInterval interval, CandleFormat format) => new()
    {
        Instrument = series.Instrument,
        Interval = interval,
        SymbolColumn = format is CandleFormat.Parquet or CandleFormat.Arrow,
        TimeframeColumn = format is CandleFormat.Parquet or CandleFormat.Arrow,
        From = query.Start?.StartOf(series.Instrument, interval),
        After = query.Cursor is { IsBackward: false } after ? after.Instant : null,
        Before = query.Cursor is { IsBackward: true } before ? before.Instant : query.End?.EndOf(series.Instrument, interval),
        Limit = query.Limit ?? (format == CandleFormat.Json ? MaxPage : null),
        Newest = query.Cursor?.IsBackward ?? query.Start is null,
        Features = query.Features,
        Adjusted = Adjustment.IsAdjusted(query.Adjusted),
        SplitsOnly = Adjustment.IsSplitsOnly(query.Adjusted),
        ValidatedOnly = query.ValidatedOnly,
        MinimumScore = query.MinQuality,
        AsOf = query.AsOf?.Utc,
    };
}
