using MarketData.Api.Errors;
using MarketData.Api.Requests;
using MarketData.Api.Security;
using MarketData.Domain.Candles;
using MarketData.Storage.Dashboard;
using MarketData.Storage.Symbols;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketData.Api.Quality;

/// <summary>How good the data is: <c>/api/v1/data/quality</c>.</summary>
public static class QualityApi
{
    private const int DefaultDays = 90;

    /// <summary>Maps the endpoint.</summary>
    public static RouteGroupBuilder MapQuality(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/data/quality").WithTags("Data");

        group.MapGet("/cross-check", GetCrossCheckAsync)
            .WithName("GetCrossCheck").WithSummary("How far providers differ, by pair, interval, symbol and day");
        group.MapGet("/{symbol}", GetQualityAsync)
            .WithName("GetQuality").WithSummary("Daily metrics, gaps, anomalies, rejected candles and revisions of a symbol");
        group.MapGet("/{symbol}/candle", CandleStories.GetAsync)
            .WithName("GetCandleStory").WithSummary("How one candle came to have its values: fetched, revised, adjusted and scored by");
        group.MapGet("/{symbol}/providers", ProviderComparisons.GetAsync).RequireScope(Scopes.Enrich).MayFailWith(ProblemCodes.NoNode)
            .WithName("CompareProviders").WithSummary("What two providers say now of the same bars, side by side");
        return api;
    }

    private static async Task<Results<Ok<CrossCheckReport>, ProblemHttpResult>> GetCrossCheckAsync(
        [AsParameters] CrossCheckQuery query, CrossCheckReader reader, TimeProvider time, CancellationToken cancellation)
    {
        var (start, end) = Days(query.Start, query.End, time);
        if (start > end)
            return Problems.Invalid("start", "'start' must not be after 'end'.");
        var rows = await reader.ReadAsync(
            query.Symbol?.ToUpperInvariant(), query.Timeframe?.ToLowerInvariant(), query.Provider?.ToLowerInvariant(), start, end, query.Limit, cancellation);
        return TypedResults.Ok(new CrossCheckReport(start, end, rows.Pairs, rows.Symbols, rows.Days));
    }

    private static (DateOnly Start, DateOnly End) Days(Instant? start, Instant? end, TimeProvider time)
    {
        var last = end?.LastDate ?? DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        return (start is { } from ? DateOnly.FromDateTime(from.Utc) : last.AddDays(-DefaultDays), last);
    }

    private static async Task<Results<Ok<QualityReport>, ProblemHttpResult>> GetQualityAsync(
        [AsParameters] QualityQuery query,
        SymbolStore symbols,
        SymbolStatusReader statuses,
        QualityReader quality,
        TimeProvider time,
        CancellationToken cancellation)
    {
        var symbol = query.Symbol.Value;
        if (await symbols.ReadAsync(symbol, cancellation) is null)
            return Problems.NotTracked(query.Symbol);
        var (start, end) = Days(query.Start, query.End, time);
        if (start > end)
            return Problems.Invalid("start", "'start' must not be after 'end'.");

        var coverage = await statuses.ReadCoverageAsync(symbol, cancellation);
        string[] timeframes = query.Timeframe is { } timeframe
            ? [timeframe.ToLowerInvariant()]
            : [.. BarIntervals.All.Select(one => one.Name())];
        var rows = await quality.ReadAsync(symbol, timeframes, start, end, query.Limit, cancellation);
        return TypedResults.Ok(new QualityReport(
            Symbol: symbol,
            Start: start,
            End: end,
            Series: [.. coverage.Where(series => timeframes.Contains(series.Timeframe))],
            Daily: rows.Daily,
            Gaps: rows.Gaps,
            Anomalies: rows.Anomalies,
            RejectedCandles: rows.Rejected,
            Revisions: rows.Revisions));
    }
}
