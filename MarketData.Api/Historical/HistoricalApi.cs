using MarketData.Api.Requests;
using MarketData.Domain.Candles;
using static MarketData.Api.Requests.Parameters;

namespace MarketData.Api.Historical;

/// <summary>Candles, in every form that tools want: <c>/api/v1/historical</c>.</summary>
public static class HistoricalApi
{
    private static readonly RequestParameter<BarInterval?> Interval = Timeframe("The interval.", BarInterval.OneDay);
    private static readonly RequestParameter<DateTime?> Start = Instant("start", "Only candles that open at or after this instant.");
    private static readonly RequestParameter<DateTime?> End = Instant("end", "Only candles that open at or before this instant.");
    private static readonly RequestParameter<int?> Limit = Integer("limit", "Candles at most: from the oldest on when `start` is given, else the newest. A page of JSON has at most 10,000.", 1, 100_000_000);
    private static readonly RequestParameter<bool?> Features = Flag("features", "Also the features of each candle.", false);
    private static readonly RequestParameter<bool?> ValidatedOnly = Flag("validated_only", "Only candles with a score of at least 0.85.", false);
    private static readonly RequestParameter<double?> MinQuality = Number("min_quality", "Only candles with at least this score.", 0, 1);
    private static readonly RequestParameter<DateTime?> AsOf = Instant("as_of", "The values that were on record at this instant.");
    private static readonly RequestParameter<bool?> Adjusted = Flag("adjusted", "Whether prices and volumes are adjusted for splits and dividends; false gives them as traded.", true);
    private static readonly RequestParameter<string?> Format = OneOf("format", "The form of the answer, for clients that can't set `Accept`.", ["json", "ndjson", "csv", "parquet", "arrow"]);

    /// <summary>Maps the endpoint.</summary>
    public static RouteGroupBuilder MapHistorical(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/historical").WithTags("Data");

        group.MapGet("/{symbol}", GetCandles)
            .Takes(RouteSymbol, Interval, Start, End, Limit, PageCursor, Features, ValidatedOnly, MinQuality, AsOf, Adjusted, Format)
            .Produces<CandlePage>()
            .WithName("GetHistorical").WithSummary("Candles of a symbol");
        return api;
    }

    private static Task GetCandles(HttpContext context, RequestValues request) => throw new NotSupportedException();
}
