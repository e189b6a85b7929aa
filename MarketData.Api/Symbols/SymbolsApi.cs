using MarketData.Api.Errors;
using MarketData.Api.Requests;
using MarketData.Storage.Dashboard;
using MarketData.Storage.Symbols;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace MarketData.Api.Symbols;

/// <summary>Tracked symbols: <c>/api/v1/symbols</c>.</summary>
public static class SymbolsApi
{
    /// <summary>Maps the endpoints.</summary>
    public static RouteGroupBuilder MapSymbols(this RouteGroupBuilder api)
    {
        var symbols = api.MapGroup("/symbols").WithTags("Data");
        symbols.MapGet("/", GetSymbols).MayFailWith(ProblemCodes.WatchlistNotFound, ProblemCodes.SymbolNotTracked)
            .WithName("GetSymbols").WithSummary("Tracked symbols");
        symbols.MapGet("/detailed", GetDetailed).MayFailWith(ProblemCodes.WatchlistNotFound, ProblemCodes.SymbolNotTracked).WithName("GetDetailedSymbols")
            .WithSummary("Tracked symbols with status, quality and coverage");
        return api.MapCorporateActions().MapSymbolAdmin();
    }

    private static async Task<Results<Ok<SymbolList>, ProblemHttpResult>> GetSymbols(
        [AsParameters] SymbolsQuery query, SymbolStore store, WatchlistStore watchlists, CancellationToken cancellationToken)
    {
        var (filter, problem) = await query.FilterAsync(watchlists, cancellationToken);
        return filter is null ? problem! : TypedResults.Ok(SymbolList.Of(await store.ReadAllAsync(filter, cancellationToken)));
    }

    private static async Task<Results<Ok<DetailedSymbolList>, ProblemHttpResult>> GetDetailed(
        [AsParameters] SymbolsQuery query,
        [OneOf("pending", "queued", "running", "retrying", "healthy", "warning", "delisted", "stale", "error")]
        [Description("Only symbols in this state.")]
        string? status,
        SymbolStatusReader reader,
        WatchlistStore watchlists,
        TimeProvider time,
        CancellationToken cancellationToken,
        [FromQuery(Name = "history_days"), WholeNumber(0, 90), Description("Also the daily quality of so many days.")] int historyDays = 0)
    {
        var (filter, problem) = await query.FilterAsync(watchlists, cancellationToken);
        if (filter is null)
            return problem!;
        var statuses = await reader.ReadAllAsync(filter with { Status = status?.ToLowerInvariant() }, cancellationToken);
        string[] names = [.. statuses.Select(status => status.Symbol)];
        var coverage = await reader.ReadCoverageAsync(names, cancellationToken);
        var history = historyDays > 0 ? await reader.ReadHistoryAsync(names, historyDays, cancellationToken) : null;
        var now = time.GetUtcNow().UtcDateTime;
        return TypedResults.Ok(new DetailedSymbolList(
            [.. statuses.Select(status => new DetailedSymbol(
                status.Reaching(coverage[status.Symbol], now), coverage[status.Symbol], history?[status.Symbol]))],
            statuses.Count));
    }
}
