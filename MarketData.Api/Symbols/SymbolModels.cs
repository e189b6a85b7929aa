using System.Diagnostics.CodeAnalysis;
using MarketData.Api.Requests;
using MarketData.Api.Watchlists;
using MarketData.Storage.Dashboard;
using MarketData.Storage.Symbols;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace MarketData.Api.Symbols;

/// <summary>Which symbols to list.</summary>
public sealed record SymbolsQuery(
    [property: FromQuery(Name = "asset_class"), AssetClass, Description("Only symbols of this class.")] string? AssetClass,
    [property: Description("Only symbols that are enriched (true), or only those that are not (false).")] bool? Active,
    [property: Text(50), Description("Only symbols whose name or text contains this, in any case.")] string? Search,
    [property: WatchlistName, Description("Only symbols of this watchlist.")] string? Watchlist)
{
    internal async Task<(SymbolFilter? Filter, ProblemHttpResult? Problem)> FilterAsync(WatchlistStore watchlists, CancellationToken cancellation)
    {
        var (symbols, problem) = await WatchlistChoice.ResolveAsync(watchlists, Watchlist, null, null, active: false, cancellation);
        return problem is not null ? (null, problem) : (new()
        {
            AssetClass = AssetClass?.ToLowerInvariant(),
            Active = Active,
            Search = Search,
            Symbols = symbols is null ? null : [.. symbols.Select(symbol => symbol.Value)],
        }, null);
    }
}

/// <summary>Tracked symbols.</summary>
/// <param name="Symbols">The symbols, in alphabetical order.</param>
/// <param name="Total">How many there are.</param>
public sealed record SymbolList(IReadOnlyList<TrackedSymbol> Symbols, int Total)
{
    internal static SymbolList Of(IReadOnlyList<TrackedSymbol> symbols) => new(symbols, symbols.Count);
}

/// <summary>Tracked symbols with status, quality and coverage.</summary>
/// <param name="Symbols">The symbols, in alphabetical order.</param>
/// <param name="Total">How many there are.</param>
public sealed record DetailedSymbolList(IReadOnlyList<DetailedSymbol> Symbols, int Total);

/// <summary>A tracked symbol with status, quality and coverage.</summary>
public sealed record DetailedSymbol : SymbolStatus
{
    [SetsRequiredMembers]
    internal DetailedSymbol(SymbolStatus status, IEnumerable<SeriesCoverage> coverage, IReadOnlyList<double?>? history)
        : base(status)
    {
        Timeframes = [.. coverage];
        QualityHistory = history;
    }

    /// <summary>What is stored, by interval.</summary>
    public IReadOnlyList<SeriesCoverage> Timeframes { get; init; }

    /// <summary>
    /// Daily quality (mean candle score × completeness) of the last days, oldest first, null where a day has none; only with
    /// <c>history_days</c>.
    /// </summary>
    public IReadOnlyList<double?>? QualityHistory { get; init; }
}
