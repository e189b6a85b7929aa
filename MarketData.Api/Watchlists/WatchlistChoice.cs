using MarketData.Api.Errors;
using MarketData.Domain.Candles;
using MarketData.Storage.Symbols;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketData.Api.Watchlists;

/// <summary>The symbols that a call names by a watchlist.</summary>
internal static class WatchlistChoice
{
    /// <summary>The most symbols that a list holds: as many as a call can name.</summary>
    public const int Most = 500;

    /// <summary>What parameters that name one say of it.</summary>
    public const string Description = "The symbols of this watchlist, in the place of `symbols`; those that are not tracked any more are left out.";

    /// <summary>Puts a watchlist's symbols in the place of those that a call names.</summary>
    /// <param name="store">The lists.</param>
    /// <param name="watchlist">The list; null when the call names none.</param>
    /// <param name="symbols">The symbols that the call names.</param>
    /// <param name="assetClass">The class that it names.</param>
    /// <param name="active">Whether only symbols that are enriched are meant.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>The symbols, never none for a list; or the answer that says what is wrong.</returns>
    public static async Task<(Symbol[]? Symbols, ProblemHttpResult? Problem)> ResolveAsync(
        WatchlistStore store, string? watchlist, Symbol[]? symbols, string? assetClass, bool active, CancellationToken cancellation)
    {
        if (watchlist is null)
            return (symbols, null);
        if (symbols is { Length: > 0 } || assetClass is not null)
            return (null, Problems.Invalid("watchlist", "'watchlist' can't be given together with 'symbols' or 'asset_class'."));
        if (await store.ReadTrackedAsync(watchlist.ToLowerInvariant(), active, cancellation) is not { } names)
            return (null, NotFound(watchlist));
        return names.Count == 0
            ? (null, Problems.Of(ProblemCodes.SymbolNotTracked, $"No symbol of the watchlist {watchlist} is {(active ? "active" : "tracked")} any more."))
            : ([.. names.Select(Symbol.Parse)], null);
    }

    /// <summary>404: no list of this name.</summary>
    public static ProblemHttpResult NotFound(string name) => Problems.Of(ProblemCodes.WatchlistNotFound, $"There is no watchlist {name}.");
}
