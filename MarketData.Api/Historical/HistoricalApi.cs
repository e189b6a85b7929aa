using System.IO.Pipelines;
using MarketData.Api.Errors;
using MarketData.Api.Requests;
using MarketData.Api.Security;
using MarketData.Domain.Adjustments;
using MarketData.Domain.Candles;
using MarketData.Storage.Candles;
using static MarketData.Api.Requests.Parameters;

namespace MarketData.Api.Historical;

/// <summary>Candles, in every form that tools want: <c>/api/v1/historical</c>.</summary>
public static class HistoricalApi
{
    private const int MaxPage = 10_000;

    private static readonly RequestParameter<BarInterval?> Interval = Timeframe("The interval.", BarInterval.OneDay);
    private static readonly RequestParameter<DateTime?> Start = Instant("start", "Only candles that open at or after this instant.");
    private static readonly RequestParameter<DateTime?> End = Instant("end", "Only candles that open at or before this instant.");
    private static readonly RequestParameter<int?> Limit = Integer("limit", "Candles at most: from the oldest on when `start` is given, else the newest. A page of JSON has at most 10,000, which is also what it has when this is left out; the other formats give the whole range.", 1, 100_000_000);
    private static readonly RequestParameter<bool?> Features = Flag("features", "Also the features of each candle.", false);
    private static readonly RequestParameter<bool?> ValidatedOnly = Flag("validated_only", "Only candles with a score of at least 0.85.", false);
    private static readonly RequestParameter<double?> MinQuality = Number("min_quality", "Only candles with at least this score.", 0, 1);
    private static readonly RequestParameter<DateTime?> AsOf = Instant("as_of", "The values that were on record at this instant; features that were computed later are null.");
    private static readonly RequestParameter<bool?> Adjusted = Flag("adjusted", "Whether prices and volumes are adjusted for splits and dividends; false gives them as traded. Features are always computed on split-adjusted prices.", true);
    private static readonly RequestParameter<string?> Format = OneOf("format", "The form of the answer, for clients that can't set `Accept`.", CandleFormats.Names);

    /// <summary>Maps the endpoint.</summary>
    public static RouteGroupBuilder MapHistorical(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/historical").WithTags("Data");

        group.MapGet("/{symbol}", GetCandlesAsync)
            .Takes(RouteSymbol, Interval, Start, End, Limit, PageCursor, Features, ValidatedOnly, MinQuality, AsOf, Adjusted, Format)
            .Produces<CandlePage>()
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status406NotAcceptable)
            .AddOpenApiOperationTransformer(CandleDescription.DescribeFormatsAsync).AddOpenApiOperationTransformer(CandleDescription.DescribeTagAsync)
            .WithRequestTimeout(SecuritySetup.ExportTimeout)
            .WithName("GetHistorical").WithSummary("Candles of a symbol");
        return api;
    }

    private static async Task<IResult> GetCandlesAsync(HttpContext context, RequestValues request, CandleReader reader, CorporateActionReader actions, PageCache pages)
    {
        var cancellation = context.RequestAborted;
        if (CandleFormats.Choose(request.Get(Format), context.Request.Headers.Accept) is not { } format)
            return Problems.Of(StatusCodes.Status406NotAcceptable, $"'Accept' must allow one of {string.Join(", ", CandleFormats.MediaTypes)}.");
        if (format == CandleFormat.Json && request.Get(Limit) > MaxPage)
            return Problems.Invalid("limit", "'limit' must be at most 10000 for JSON: follow next_cursor, or ask for another format.");
        if (!SeriesCursor.TryParseOptional(request.Get(PageCursor), out var cursor))
            return Problems.Invalid("cursor", SeriesCursor.Requirement);
        if (await reader.FindAsync(request.Get(RouteSymbol), request.Get(Interval)!.Value, cancellation) is not { } series)
            return Problems.NotFound($"The symbol {request.Get(RouteSymbol)} is not tracked.");

        var query = Query(request, series, format, cursor);
        var adjusted = request.Get(Adjusted) == true && series.ActionsVersion is not null;
        var tag = EntityTag.Of(context.Request.Path, context.Request.QueryString.Value, format.Name(), series.Version, adjusted ? series.ActionsVersion : null);
        if (EntityTag.IsKnown(context, tag))
            return Results.Empty;
        var isKept = format == CandleFormat.Json && query.Limit <= PageCache.MostCandles;
        if (isKept && pages.Find(tag.Tag.ToString()) is { } known)
            return Page(known);

        var factors = adjusted ? await actions.ReadFactorsAsync(series.Instrument.Symbol, query.AsOf, cancellation) : AdjustmentFactors.None;
        if (isKept)
        {
            var body = new MemoryStream();
            await WritePageAsync(PipeWriter.Create(body), reader, series, query, factors, cancellation);
            pages.Keep(tag.Tag.ToString(), body.ToArray());
            return Page(body.ToArray());
        }

        if (format == CandleFormat.Json)
        {
            context.Response.ContentType = format.MediaType();
            await WritePageAsync(context.Response.BodyWriter, reader, series, query, factors, cancellation);
        }
        else
        {
            await WriteExportAsync(context, reader, series, query, factors, format);
        }

        return Results.Empty;
    }

    private static IResult Page(byte[] body) => Results.Bytes(body, CandleFormat.Json.MediaType());

    private static CandleQuery Query(RequestValues request, StoredSeries series, CandleFormat format, SeriesCursor? cursor) => new()
    {
        Instrument = series.Instrument,
        Interval = request.Get(Interval)!.Value,
        From = request.Get(Start),
        To = request.Get(End),
        After = cursor is { IsBackward: false } after ? after.Instant : null,
        Before = cursor is { IsBackward: true } before ? before.Instant : null,
        Limit = request.Get(Limit) ?? (format == CandleFormat.Json ? MaxPage : null),
        Newest = cursor?.IsBackward ?? request.Get(Start) is null,
        Features = request.Get(Features) == true,
        ValidatedOnly = request.Get(ValidatedOnly) == true,
        MinimumScore = request.Get(MinQuality),
        AsOf = request.Get(AsOf),
    };

    private static async Task WritePageAsync(
        PipeWriter output, CandleReader reader, StoredSeries series, CandleQuery query, AdjustmentFactors factors, CancellationToken cancellation)
    {
        var (page, hasMore) = await reader.ReadPageAsync(query, series, cancellation);
        using (page)
        {
            var next = hasMore ? new SeriesCursor(query.Newest, page.Timestamp(query.Newest ? 0 : page.Count - 1)) : (SeriesCursor?)null;
            page.Adjust(factors);
            await JsonPage.WriteAsync(output, (query.Instrument.Symbol, query.Interval), "candles", page, next, cancellation);
        }
    }

    private static async Task WriteExportAsync(
        HttpContext context, CandleReader reader, StoredSeries series, CandleQuery query, AdjustmentFactors factors, CandleFormat format)
    {
        var cancellation = context.RequestAborted;
        ICandleExport? export = null;
        try
        {
            await foreach (var batch in reader.StreamAsync(query, format.BatchRows(), cancellation))
            {
                // Not before the database has answered: until then this may still become an error.
                if (export is null)
                {
                    CandleAnswer.Describe(context.Response, format, query, series);
                    export = format.Export(context.Response.BodyWriter);
                }

                batch.Adjust(factors);
                await export.WriteAsync(batch, cancellation);
            }

            await export!.CompleteAsync(cancellation);
        }
        finally
        {
            if (export is not null)
                await export.DisposeAsync();
        }
    }
}
