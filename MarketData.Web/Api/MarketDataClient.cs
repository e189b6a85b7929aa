using System.Net;

namespace MarketData.Web.Api;

/// <summary>
/// The API. Its operations and models are generated from the API's document by <c>Generator/nswag.json</c>, which names what the dashboard calls;
/// here stands what takes more than one call.
/// </summary>
public sealed partial class MarketDataClient
{
    /// <summary>The same for a key that nobody has signed in with yet.</summary>
    public MarketDataClient As(string key) => new(api.As(key));

    /// <summary>One tracked symbol with its state; null when it is not tracked.</summary>
    public async Task<DetailedSymbol?> FindSymbolAsync(string symbol, CancellationToken cancellationToken)
    {
        var found = await GetDetailedSymbolsAsync(search: symbol, cancellationToken: cancellationToken);
        return found.Symbols.FirstOrDefault(s => s.Symbol.Equals(symbol, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>What a symbol is, and where that is known from; null when it is not tracked.</summary>
    public async Task<InstrumentDetails?> FindInstrumentAsync(string symbol, CancellationToken cancellationToken)
    {
        try
        {
            return await GetInstrumentAsync(symbol, cancellationToken);
        }
        catch (ApiException failure) when (failure.Status == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>Puts symbols on a watchlist, which is made when there is none of this name.</summary>
    public async Task<Watchlist> AddToWatchlistAsync(string name, IReadOnlyList<string> symbols, CancellationToken cancellationToken)
    {
        var on = await FindTrackedOnAsync(name, cancellationToken);
        return await PutWatchlistAsync(name, new WatchlistContent([.. on.Union(symbols)]), cancellationToken);
    }

    /// <summary>Takes symbols off a watchlist, and deletes it with its last one.</summary>
    /// <returns>The list as it is now; null when it is gone.</returns>
    public async Task<Watchlist?> TakeFromWatchlistAsync(string name, IReadOnlyList<string> symbols, CancellationToken cancellationToken)
    {
        if ((await FindTrackedOnAsync(name, cancellationToken)).Except(symbols).ToList() is { Count: > 0 } left)
            return await PutWatchlistAsync(name, new WatchlistContent(left), cancellationToken);
        await DeleteWatchlistAsync(name, cancellationToken);
        return null;
    }

    // A list keeps symbols that are not tracked any more, but takes none.
    private async Task<IReadOnlyList<string>> FindTrackedOnAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return [.. (await GetSymbolsAsync(watchlist: name, cancellationToken: cancellationToken)).Symbols.Select(symbol => symbol.Symbol)];
        }
        catch (ApiException failure) when (failure.Status == HttpStatusCode.NotFound)
        {
            return [];
        }
    }

    /// <summary>Symbols that begin with, or else contain, the text.</summary>
    public async Task<IReadOnlyList<string>> SuggestSymbolsAsync(string text, CancellationToken cancellationToken) =>
        [.. (await SearchSymbolsAsync(text, cancellationToken)).Select(found => found.Symbol)];

    /// <summary>Tracked symbols that have the text in them or in their name: first those that begin with it.</summary>
    public async Task<IReadOnlyList<TrackedSymbol>> SearchSymbolsAsync(string text, CancellationToken cancellationToken)
    {
        var found = await GetSymbolsAsync(search: text, cancellationToken: cancellationToken);
        return [.. found.Symbols
            .Where(s => s.Symbol.Contains(text, StringComparison.OrdinalIgnoreCase)
                || s.Name?.Contains(text, StringComparison.OrdinalIgnoreCase) == true)
            .OrderBy(s => !s.Symbol.StartsWith(text, StringComparison.OrdinalIgnoreCase))
            .ThenBy(s => s.Symbol, StringComparer.Ordinal)];
    }
}
