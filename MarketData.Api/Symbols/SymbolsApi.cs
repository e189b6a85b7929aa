using MarketData.Api.Requests;
using MarketData.Api.Security;
using MarketData.Storage.Symbols;
using Microsoft.AspNetCore.Http.HttpResults;
using static MarketData.Api.Requests.Parameters;

namespace MarketData.Api.Symbols;

/// <summary>Tracked symbols: <c>/api/v1/symbols</c>, and their administration: <c>/api/v1/admin/symbols</c>.</summary>
public static class SymbolsApi
{
    private static readonly RequestParameter<bool?> Active = Flag("active", "Only symbols that are enriched (true), or only those that are not (false).");
    private static readonly RequestParameter<string?> Search = Text("search", "Only symbols whose name or text contains this, in any case.", 50);
    private static readonly RequestParameter<string?> State = OneOf(
        "status", "Only symbols in this state.", ["pending", "queued", "running", "retrying", "healthy", "warning", "stale", "error"]);

    private static readonly RequestParameter<int?> HistoryDays = Integer("history_days", "Also the daily quality of so many days.", 0, 90, 0);
    private static readonly RequestParameter<bool?> Purge = Flag("purge", "Also delete its data, for good.", false);

    /// <summary>Maps the endpoints.</summary>
    public static RouteGroupBuilder MapSymbols(this RouteGroupBuilder api)
    {
        var symbols = api.MapGroup("/symbols").WithTags("Data");
        symbols.MapGet("/", GetSymbols).Takes(OptionalAssetClass, Active, Search).WithName("GetSymbols").WithSummary("Tracked symbols");
        symbols.MapGet("/detailed", GetDetailed).Takes(OptionalAssetClass, Active, Search, State, HistoryDays).WithName("GetDetailedSymbols").WithSummary("Tracked symbols with status, quality and coverage");
        api.MapGet("/corporate-actions/{symbol}", GetCorporateActions).Takes(RouteSymbol).WithTags("Data").WithName("GetCorporateActions").WithSummary("Splits and dividends of a symbol");

        var admin = api.MapGroup("/admin/symbols").WithTags("Administration").RequireScope(Scopes.Admin);
        admin.MapPost("/", Add).WithName("AddSymbol").WithSummary("Follow a symbol");
        admin.MapGet("/", GetAll).WithName("GetAdminSymbols").WithSummary("Every symbol, inactive ones included");
        admin.MapGet("/{symbol}", GetOne).Takes(RouteSymbol).WithName("GetAdminSymbol").WithSummary("One symbol");
        admin.MapPut("/{symbol}", Change).Takes(RouteSymbol).WithName("ChangeSymbol").WithSummary("Change a symbol");
        admin.MapPut("/{symbol}/timeframes", ChangeTimeframes).Takes(RouteSymbol).WithName("ChangeTimeframes").WithSummary("Change the intervals of a symbol");
        admin.MapDelete("/{symbol}", Remove).Takes(RouteSymbol, Purge).WithName("RemoveSymbol").WithSummary("Deactivate a symbol, or delete it with its data");
        return api;
    }

    private static Task<Ok<SymbolList>> GetSymbols(RequestValues request) => throw new NotSupportedException();

    private static Task<Ok<DetailedSymbolList>> GetDetailed(RequestValues request) => throw new NotSupportedException();

    private static Task<Results<Ok<CorporateActionList>, ProblemHttpResult>> GetCorporateActions(RequestValues request) => throw new NotSupportedException();

    private static Task<Results<Created<TrackedSymbol>, ProblemHttpResult>> Add(RequestValues request, JsonBody<NewSymbol> body) => throw new NotSupportedException();

    private static Task<Ok<SymbolList>> GetAll() => throw new NotSupportedException();

    private static Task<Results<Ok<TrackedSymbol>, ProblemHttpResult>> GetOne(RequestValues request) => throw new NotSupportedException();

    private static Task<Results<Ok<TrackedSymbol>, ProblemHttpResult>> Change(RequestValues request, JsonBody<SymbolChange> body) => throw new NotSupportedException();

    private static Task<Results<Ok<TrackedSymbol>, ProblemHttpResult>> ChangeTimeframes(RequestValues request, JsonBody<TimeframeChange> body) => throw new NotSupportedException();

    private static Task<Results<Ok<SymbolRemoved>, ProblemHttpResult>> Remove(RequestValues request) => throw new NotSupportedException();
}
