using MarketData.Api.Errors;
using MarketData.Api.Requests;
using MarketData.Api.Security;
using MarketData.Domain.Candles;
using MarketData.Storage.Dashboard;
using MarketData.Storage.Enrichment;
using MarketData.Storage.Symbols;
using Microsoft.AspNetCore.Http.HttpResults;
using static MarketData.Api.Requests.Parameters;

namespace MarketData.Api.Symbols;

/// <summary>Which symbols are tracked, and how: <c>/api/v1/admin/symbols</c>.</summary>
public static class SymbolAdminApi
{
    private const int LongestName = 200;

    private static readonly RequestParameter<bool?> Purge = Flag("purge", "Also delete its data, for good.", false);

    /// <summary>Maps the endpoints.</summary>
    public static RouteGroupBuilder MapSymbolAdmin(this RouteGroupBuilder api)
    {
        var admin = api.MapGroup("/admin/symbols").WithTags("Administration").RequireScope(Scopes.Admin);
        admin.MapPost("/", Add).ProducesProblem(409).ProducesProblem(415).WithName("AddSymbol").WithSummary("Follow a symbol");
        admin.MapGet("/", GetAll).WithName("GetAdminSymbols").WithSummary("Every symbol, inactive ones included");
        admin.MapGet("/{symbol}", GetOne).Takes(RouteSymbol).ProducesProblem(404).WithName("GetAdminSymbol").WithSummary("One symbol");
        admin.MapPut("/{symbol}", Change).Takes(RouteSymbol).ProducesProblem(404).ProducesProblem(415).WithName("ChangeSymbol").WithSummary("Change a symbol");
        admin.MapPut("/{symbol}/timeframes", ChangeTimeframes).Takes(RouteSymbol).ProducesProblem(404).ProducesProblem(415).WithName("ChangeTimeframes").WithSummary("Change the intervals of a symbol");
        admin.MapDelete("/{symbol}", Remove).Takes(RouteSymbol, Purge).ProducesProblem(404).ProducesProblem(409).WithName("RemoveSymbol").WithSummary("Deactivate a symbol, or delete it with its data");
        return api;
    }

    private static async Task<Results<Created<TrackedSymbol>, ProblemHttpResult>> Add(
        RequestValues request, JsonBody<NewSymbol> body, SymbolStore store, CancellationToken cancellationToken)
    {
        var fields = new BodyFields();
        var symbol = fields.Symbol("symbol", body.Value.Symbol);
        fields.RefuseIf(body.Value.AssetClass is null, "asset_class", "must be one of stock, etf, crypto.");
        var assetClass = fields.AssetClass("asset_class", body.Value.AssetClass);
        var name = fields.Text("name", body.Value.Name, LongestName);
        var timeframes = Timeframes(fields, body.Value.Timeframes) ?? [BarInterval.OneDay.Name()];
        if (fields.Problem is { } problem)
            return problem;
        return await store.AddAsync(symbol.Value, assetClass!.Value.Name(), name, timeframes, cancellationToken) is { } added
            ? TypedResults.Created($"/api/v1/admin/symbols/{Uri.EscapeDataString(added.Symbol)}", added)
            : Problems.Conflict($"The symbol {symbol} is tracked already.");
    }

    private static async Task<Ok<SymbolList>> GetAll(RequestValues request, SymbolStore store, CancellationToken cancellationToken) =>
        TypedResults.Ok(SymbolList.Of(await store.ReadAllAsync(new SymbolFilter(), cancellationToken)));

    private static async Task<Results<Ok<TrackedSymbol>, ProblemHttpResult>> GetOne(
        RequestValues request, SymbolStore store, CancellationToken cancellationToken)
    {
        var symbol = request.Get(RouteSymbol).Value;
        return await store.ReadAsync(symbol, cancellationToken) is { } found ? TypedResults.Ok(found) : NotTracked(symbol);
    }

    private static async Task<Results<Ok<TrackedSymbol>, ProblemHttpResult>> Change(
        RequestValues request, JsonBody<SymbolChange> body, SymbolStore store, RunStore runs, CancellationToken cancellationToken)
    {
        var fields = new BodyFields();
        var name = fields.Text("name", body.Value.Name, LongestName);
        var timeframes = Timeframes(fields, body.Value.Timeframes);
        if (fields.Problem is { } problem)
            return problem;
        var symbol = request.Get(RouteSymbol).Value;
        if (await store.ChangeAsync(symbol, name, body.Value.Active, timeframes, cancellationToken) is not { } changed)
            return NotTracked(symbol);
        if (!changed.Active)
            await runs.CancelSymbolAsync(symbol, cancellationToken);
        return TypedResults.Ok(changed);
    }

    private static async Task<Results<Ok<TrackedSymbol>, ProblemHttpResult>> ChangeTimeframes(
        RequestValues request, JsonBody<TimeframeChange> body, SymbolStore store, CancellationToken cancellationToken)
    {
        var fields = new BodyFields();
        var timeframes = Timeframes(fields, body.Value.Timeframes);
        fields.RefuseIf(timeframes is null, "timeframes", "must hold at least one interval.");
        if (fields.Problem is { } problem)
            return problem;
        var symbol = request.Get(RouteSymbol).Value;
        return await store.ChangeAsync(symbol, null, null, timeframes, cancellationToken) is { } changed
            ? TypedResults.Ok(changed)
            : NotTracked(symbol);
    }

    private static async Task<Results<Ok<SymbolRemoved>, ProblemHttpResult>> Remove(
        RequestValues request, SymbolStore store, RunStore runs, CancellationToken cancellationToken)
    {
        var symbol = request.Get(RouteSymbol).Value;
        if (await store.ChangeAsync(symbol, null, active: false, null, cancellationToken) is null)
            return NotTracked(symbol);
        await runs.CancelSymbolAsync(symbol, cancellationToken);
        if (request.Get(Purge) != true)
            return TypedResults.Ok(new SymbolRemoved { Symbol = symbol, Status = "deactivated", CandlesDeleted = 0 });
        return await store.PurgeAsync(symbol, cancellationToken) switch
        {
            null => NotTracked(symbol),
            { IsBusy: true } => Problems.Conflict($"{symbol} is being enriched. It is deactivated now; delete its data when that has ended."),
            var purged => TypedResults.Ok(new SymbolRemoved { Symbol = symbol, Status = "purged", CandlesDeleted = purged.CandlesDeleted }),
        };
    }

    private static string[]? Timeframes(BodyFields fields, IReadOnlyList<string?>? texts)
    {
        fields.RefuseIf(texts is { Count: 0 }, "timeframes", "must hold at least one interval.");
        return texts is null ? null : [.. fields.Timeframes("timeframes", texts).Distinct().Order().Select(interval => interval.Name())];
    }

    private static ProblemHttpResult NotTracked(string symbol) => Problems.NotFound($"The symbol {symbol} is not tracked.");
}
