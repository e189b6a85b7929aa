using MarketData.Api.Errors;
using MarketData.Api.Requests;
using MarketData.Domain.Candles;
using MarketData.Storage.Dashboard;
using MarketData.Storage.Symbols;
using Microsoft.AspNetCore.Http.HttpResults;
using static MarketData.Api.Requests.Parameters;

namespace MarketData.Api.Quality;

/// <summary>How good the data is: <c>/api/v1/data/quality</c>.</summary>
public static class QualityApi
{
    private const int DefaultDays = 90;

    private static readonly RequestParameter<BarInterval?> Interval = Timeframe("Only this interval.", null);
    private static readonly RequestParameter<DateTime?> Start = Instant("start", "The first day; 90 days before the last when left out.");
    private static readonly RequestParameter<DateTime?> End = Instant("end", "The last day; today when left out.");
    private static readonly RequestParameter<int?> Limit = Integer("limit", "Gaps, anomalies, rejected candles and revisions to list, of each.", 1, 1000, 100);

    /// <summary>Maps the endpoint.</summary>
    public static RouteGroupBuilder MapQuality(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/data/quality").WithTags("Data");

        group.MapGet("/{symbol}", GetQualityAsync)
            .Takes(RouteSymbol, Interval, Start, End, Limit)
            .WithName("GetQuality").WithSummary("Daily metrics, gaps, anomalies, rejected candles and revisions of a symbol");
        return api;
    }

    private static async Task<Results<Ok<QualityReport>, ProblemHttpResult>> GetQualityAsync(
        RequestValues request, SymbolStore symbols, SymbolStatusReader statuses, QualityReader quality, TimeProvider time, CancellationToken cancellation)
    {
        var symbol = request.Get(RouteSymbol).Value;
        if (await symbols.ReadAsync(symbol, cancellation) is null)
            return Problems.NotFound($"The symbol {symbol} is not tracked.");
        var end = DateOnly.FromDateTime(request.Get(End) ?? time.GetUtcNow().UtcDateTime);
        var start = request.Get(Start) is { } from ? DateOnly.FromDateTime(from) : end.AddDays(-DefaultDays);
        if (start > end)
            return Problems.Invalid("start", "'start' must not be after 'end'.");

        var coverage = await statuses.ReadCoverageAsync(symbol, cancellation);
        string[] timeframes = request.Get(Interval) is { } interval ? [interval.Name()] : [.. BarIntervals.All.Select(one => one.Name())];
        var rows = await quality.ReadAsync(symbol, timeframes, start, end, request.Get(Limit)!.Value, cancellation);
        return TypedResults.Ok(new QualityReport
        {
            Symbol = symbol,
            Start = start,
            End = end,
            Series = [.. coverage.Where(series => timeframes.Contains(series.Timeframe))],
            Daily = rows.Daily,
            Gaps = rows.Gaps,
            Anomalies = rows.Anomalies,
            RejectedCandles = rows.Rejected,
            Revisions = rows.Revisions,
        });
    }
}
