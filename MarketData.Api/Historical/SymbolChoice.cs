using System.Globalization;
using MarketData.Api.Errors;
using MarketData.Domain.Candles;
using MarketData.Storage.Candles;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketData.Api.Historical;

/// <summary>The symbols that a call names, one by one or by their class.</summary>
internal static class SymbolChoice
{
    /// <summary>The most symbols that can be named.</summary>
    public const int Most = 500;

    // The most that an answer names: a list of five hundred unknown symbols helps nobody.
    private const int MostNamed = 20;

    /// <summary>What is wrong with the choice; null when nothing is.</summary>
    /// <param name="symbols">The symbols named.</param>
    /// <param name="assetClass">The class.</param>
    /// <param name="isNeeded">Whether one of the two must be given.</param>
    public static ProblemHttpResult? Objection(Symbol[]? symbols, string? assetClass, bool isNeeded)
    {
        if (symbols is { Length: > 0 } && assetClass is not null)
            return Problems.Invalid("asset_class", "'asset_class' can't be given together with 'symbols'.");
        if (symbols is { Length: > Most })
            return Problems.Invalid("symbols", string.Create(CultureInfo.InvariantCulture, $"'symbols' must name at most {Most}; 'asset_class' gives all of one."));
        return isNeeded && symbols is not { Length: > 0 } && assetClass is null
            ? Problems.Invalid(
                "symbols", string.Create(CultureInfo.InvariantCulture, $"'symbols' must name 1 to {Most} symbols, or 'asset_class' a class, or 'watchlist' a list."))
            : null;
    }

    /// <summary>What there is of them, by symbol; or the answer that says which are not tracked.</summary>
    public static async Task<(IReadOnlyList<StoredSeries> Series, ProblemHttpResult? Problem)> FindAsync(
        CandleReader reader, Symbol[]? symbols, string? assetClass, Timeframe timeframe, CancellationToken cancellation)
    {
        if (assetClass is not null)
            return (await reader.FindAllAsync(AssetClassNames.Parse(assetClass), timeframe, cancellation), null);
        var series = await reader.FindAllAsync([.. symbols!.Distinct()], timeframe, cancellation);
        return (series, Untracked(symbols!, series.Select(one => one.Instrument.Symbol)));
    }

    /// <summary>The answer that says which symbols are not tracked; null when all are.</summary>
    public static ProblemHttpResult? Untracked(IEnumerable<Symbol> symbols, IEnumerable<Symbol> tracked)
    {
        var missing = symbols.Except(tracked).Order().ToList();
        var more = missing.Count > MostNamed ? string.Create(CultureInfo.InvariantCulture, $" and {missing.Count - MostNamed} more") : "";
        return missing switch
        {
            [] => null,
            [var one] => Problems.NotTracked(one),
            _ => Problems.Of(ProblemCodes.SymbolNotTracked, $"The symbols {string.Join(", ", missing.Take(MostNamed))}{more} are not tracked."),
        };
    }
}
