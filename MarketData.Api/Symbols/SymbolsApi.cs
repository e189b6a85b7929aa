using MarketData.Api.Errors;
using MarketData.Api.Requests;
using MarketData.Domain.Candles;
using MarketData.Storage.Dashboard;
using MarketData.Storage.Symbols;
using Microsoft.AspNetCore.Http.HttpResults;
using static MarketData.Api.Requests.Parameters;

namespace MarketData.Api.Symbols;

/// <summary>Tracked symbols: <c>/api/v1/symbols</c>, and their corporate actions.</summary>
public static class SymbolsApi
{
    private static readonly RequestParameter<bool?> Active = Flag("active", "Only symbols that are enriched (true), or only those that are not (false).");
    private static readonly RequestParameter<string?> Search = Text("search", "Only symbols whose name or text contains this, in any case.", 50);
    private static readonly RequestParameter<string?> State = OneOf(
        "status", "Only symbols in this state.", ["pending", "queued", "running", "retrying", "healthy", "warning", "stale", "error"]);

    private static readonly RequestParameter<int?> HistoryDays = Integer("history_days", "Also the daily quality of so many days.", 0, 90, 0);

    /// <summary>Maps the endpoints.</summary>
    public static RouteGroupBuilder MapSymbols(this RouteGroupBuilder api)
    {
        var symbols = api.MapGroup("/symbols").WithTags("Data");
        symbols.MapGet("/", GetSymbols).Takes(OptionalAssetClass, Active, Search).WithName("GetSymbols").WithSummary("Tracked symbols");
        symbols.MapGet("/detailed", GetDetailed).Takes(OptionalAssetClass, Active, Search, State, HistoryDays).WithName("GetDetailedSymbols").WithSummary("Tracked symbols with status, quality and coverage");
        api.MapGet("/corporate-actions/{symbol}", GetCorporateActions).Takes(RouteSymbol).ProducesProblem(404).WithTags("Data").WithName("GetCorporateActions").WithSummary("Splits and dividends of a symbol");
        return api.MapSymbolAdmin();
    }

    private static async Task<Ok<SymbolList>> GetSymbols(RequestValues request, SymbolStore store, CancellationToken cancellationToken) =>
        TypedResults.Ok(SymbolList.Of(await store.ReadAllAsync(Filter(request), cancellationToken)));

    private static async Task<Ok<DetailedSymbolList>> GetDetailed(RequestValues request, SymbolStatusReader reader, CancellationToken cancellationToken)
    {
        var statuses = await reader.ReadAllAsync(Filter(request) with { Status = request.Get(State) }, cancellationToken);
        string[] names = [.. statuses.Select(status => status.Symbol)];
        var coverage = await reader.ReadCoverageAsync(names, cancellationToken);
        var days = request.Get(HistoryDays)!.Value;
        var history = days > 0 ? await reader.ReadHistoryAsync(names, days, cancellationToken) : null;
        return TypedResults.Ok(new DetailedSymbolList(
            [.. statuses.Select(status => DetailedSymbol.From(status, coverage[status.Symbol], history?[status.Symbol]))], statuses.Count));
    }

    private static async Task<Results<Ok<CorporateActionList>, ProblemHttpResult>> GetCorporateActions(
        RequestValues request, SymbolStore store, QualityReader reader, CancellationToken cancellationToken)
    {
        var symbol = request.Get(RouteSymbol).Value;
        return await store.ReadAsync(symbol, cancellationToken) is null
            ? NotTracked(symbol)
            : TypedResults.Ok(new CorporateActionList(symbol, await reader.ReadActionsAsync(symbol, cancellationToken)));
    }

    private static SymbolFilter Filter(RequestValues request) => new()
    {
        AssetClass = request.Get(OptionalAssetClass)?.Name(),
        Active = request.Get(Active),
        Search = request.Get(Search),
    };

    private static ProblemHttpResult NotTracked(string symbol) => Problems.NotFound($"The symbol {symbol} is not tracked.");
}
