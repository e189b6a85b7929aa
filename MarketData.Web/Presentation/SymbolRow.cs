using MarketData.Web.Api;

namespace MarketData.Web.Presentation;

/// <summary>What the table of symbols can be narrowed to and ordered by.</summary>
public static class SymbolRow
{
    /// <summary>The filters, in the order in which they are offered.</summary>
    public static IReadOnlyList<string> Filters { get; } =
        ["all", "healthy", "warning", "delisted", "stale", "error", "working", "pending", "inactive"];

    /// <summary>Whether a symbol passes a filter; inactive symbols pass none but <c>inactive</c> and <c>all</c>.</summary>
    public static bool Passes(DetailedSymbol symbol, string filter) => filter switch
    {
        "all" => true,
        "inactive" => !symbol.Active,
        "working" => symbol.Active && IsWorking(symbol.Status),
        _ => symbol.Active && symbol.Status == filter,
    };

    /// <summary>Whether a job is queued or running.</summary>
    public static bool IsWorking(string status) => status is "queued" or "running" or "retrying";

    /// <summary>Whether the symbol or its name contains the text, in any case.</summary>
    public static bool Matches(DetailedSymbol symbol, string search) =>
        search.Length == 0 || symbol.Symbol.Contains(search, StringComparison.OrdinalIgnoreCase)
        || symbol.Name?.Contains(search, StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>The symbols in order; what has no value comes last either way, and ties go by symbol.</summary>
    /// <param name="symbols">The symbols.</param>
    /// <param name="column">symbol, class, status, quality, completeness, age, candles or enriched.</param>
    /// <param name="descending">Largest, worst or newest first.</param>
    public static IEnumerable<DetailedSymbol> Order(IEnumerable<DetailedSymbol> symbols, string column, bool descending) => column switch
    {
        "class" => ByText(symbols, s => s.AssetClass, descending),
        "status" => ByNumber(symbols, s => Severity(s), descending),
        "quality" => ByNumber(symbols, s => s.QualityScore, descending),
        "completeness" => ByNumber(symbols, s => s.DataCompleteness, descending),
        "age" => ByNumber(symbols, s => s.SessionsBehind, descending),
        "candles" => ByNumber(symbols, s => s.RecordsAvailable, descending),
        "enriched" => ByNumber(symbols, s => s.LastEnrichmentTime?.ToUnixTimeSeconds(), descending),
        _ => ByText(symbols, s => s.Symbol, descending),
    };

    private static IOrderedEnumerable<DetailedSymbol> ByText(
        IEnumerable<DetailedSymbol> symbols, Func<DetailedSymbol, string> key, bool descending) =>
        (descending ? symbols.OrderByDescending(key, StringComparer.Ordinal) : symbols.OrderBy(key, StringComparer.Ordinal))
        .ThenBy(s => s.Symbol, StringComparer.Ordinal);

    private static IOrderedEnumerable<DetailedSymbol> ByNumber(
        IEnumerable<DetailedSymbol> symbols, Func<DetailedSymbol, double?> key, bool descending)
    {
        var known = symbols.OrderBy(s => key(s) is null);
        return (descending ? known.ThenByDescending(key) : known.ThenBy(key)).ThenBy(s => s.Symbol, StringComparer.Ordinal);
    }

    private static double Severity(DetailedSymbol symbol) => (symbol.Active, symbol.Status) switch
    {
        (false, _) => -1,
        (_, "error") => 6,
        (_, "stale") => 5,
        (_, "delisted") => 4.5,
        (_, "warning") => 4,
        (_, "retrying") => 3,
        (_, "running") => 2,
        (_, "queued") => 1.5,
        (_, "pending") => 1,
        _ => 0,
    };
}
