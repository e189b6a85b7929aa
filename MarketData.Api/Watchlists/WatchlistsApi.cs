using MarketData.Api.Errors;
using MarketData.Api.Security;
using MarketData.Domain.Candles;
using MarketData.Storage.Notifications;
using MarketData.Storage.Symbols;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketData.Api.Watchlists;

/// <summary>Named sets of symbols: <c>/api/v1/watchlists</c>.</summary>
public static class WatchlistsApi
{
    // The most that an answer names.
    private const int MostNamed = 20;

    /// <summary>Maps the endpoints.</summary>
    public static RouteGroupBuilder MapWatchlists(this RouteGroupBuilder api)
    {
        var lists = api.MapGroup("/watchlists").WithTags("Data");
        lists.MapGet("/", GetAll).WithName("GetWatchlists").WithSummary("Every watchlist, with its symbols");
        lists.MapGet("/{name}", Get).MayFailWith(ProblemCodes.WatchlistNotFound).WithName("GetWatchlist").WithSummary("One watchlist");
        lists.MapPut("/{name}", Put).RequireScope(Scopes.Enrich).MayFailWith(ProblemCodes.SymbolNotTracked).WithName("PutWatchlist")
            .WithSummary("Make a watchlist, or replace what is on it");
        lists.MapDelete("/{name}", Delete).RequireScope(Scopes.Enrich).MayFailWith(ProblemCodes.WatchlistNotFound, ProblemCodes.UsedByRules)
            .WithName("DeleteWatchlist")
            .WithSummary("Delete a watchlist; its symbols stay tracked");
        return api;
    }

    private static async Task<Ok<WatchlistList>> GetAll(WatchlistStore store, CancellationToken cancellationToken) =>
        TypedResults.Ok(new WatchlistList(await store.ReadAllAsync(cancellationToken)));

    private static async Task<Results<Ok<Watchlist>, ProblemHttpResult>> Get(
        [WatchlistName, Description("The list's name, in any case.")] string name, WatchlistStore store, CancellationToken cancellationToken) =>
        await store.ReadAsync(name.ToLowerInvariant(), cancellationToken) is { } list ? TypedResults.Ok(list) : WatchlistChoice.NotFound(name);

    private static async Task<Results<Ok<Watchlist>, ProblemHttpResult>> Put(
        [WatchlistName, Description("The list's name, in any case.")] string name, WatchlistContent body, HttpContext context, WatchlistStore store,
        SymbolStore symbols, CancellationToken cancellationToken)
    {
        string[] wanted = [.. body.Symbols!.Select(text => Symbol.Parse(text!).Value).Distinct()];
        var tracked = await symbols.FindAsync(wanted, cancellationToken);
        if (wanted.Where(symbol => !tracked.ContainsKey(symbol)).ToList() is { Count: > 0 } unknown)
            return Problems.Of(ProblemCodes.SymbolNotTracked, $"Not tracked: {string.Join(", ", unknown.Take(MostNamed))}. Nothing was changed.");
        var before = await store.ReadAsync(name.ToLowerInvariant(), cancellationToken);
        var after = await store.PutAsync(name.ToLowerInvariant(), wanted, context.Actor().Name, cancellationToken);
        context.Note($"watchlist {after.Name}", ("symbols", before?.Symbols, after.Symbols));
        return TypedResults.Ok(after);
    }

    private static async Task<Results<Ok<Watchlist>, ProblemHttpResult>> Delete(
        [WatchlistName, Description("The list's name, in any case.")] string name, HttpContext context, WatchlistStore store,
        RuleStore rules, CancellationToken cancellationToken)
    {
        if (await rules.ReadOfWatchlistAsync(name.ToLowerInvariant(), cancellationToken) is { Count: > 0 } users)
            return Problems.UsedByRules(users);
        if (await store.DeleteAsync(name.ToLowerInvariant(), cancellationToken) is not { } deleted)
            return WatchlistChoice.NotFound(name);
        context.Note($"watchlist {deleted.Name}", ("symbols", deleted.Symbols, null));
        return TypedResults.Ok(deleted);
    }
}
