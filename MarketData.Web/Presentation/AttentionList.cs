using MarketData.Web.Api;

namespace MarketData.Web.Presentation;

/// <summary>What needs attention, worst first, one item for each cause.</summary>
public static class AttentionList
{
    /// <summary>Lists it from what the Api says.</summary>
    public static IReadOnlyList<AttentionItem> Of(DashboardHealth health) => [.. health.Troubles.Select(Of)];

    private static AttentionItem Of(Trouble trouble)
    {
        var (href, text) = Place(trouble);
        return new(trouble, href, text, RemedyOf(trouble));
    }

    private static (string Href, string Text) Place(Trouble trouble) => trouble.Kind switch
    {
        "database" => ("system", "System"),
        "no_node" => ("system#nodes", "Nodes"),
        "provider" when trouble.Provider is { } provider => (Links.Provider(provider), Names.Provider(provider)),
        "paused" or "run_late" => (Links.Queue, "Queue"),
        "symbols_waiting" => (Links.Queue, "Queue"),
        "run_cancelled" when trouble.RunId is { } run => (Links.Run(run), "The run"),
        "bulk_files" => ("system", "System"),
        _ when trouble is { SymbolCount: 1, Symbols: [var symbol] } => (Links.Symbol(symbol), symbol),
        "symbols_failed" or "symbols_unknown" or "identity_mismatch" => (Links.SymbolsWithStatus("error"), "Symbols in error"),
        "not_begun" => (Links.SymbolsWithStatus("pending"), "Pending symbols"),
        "stale" => (Links.SymbolsWithStatus("stale"), "Stale symbols"),
        "quality" => (Links.SymbolsWithStatus("warning"), "Symbols with warnings"),
        "delisted" => (Links.SymbolsWithStatus("delisted"), "Delisted symbols"),
        _ => ("symbols", "Symbols"),
    };

    // A symbol that nobody knows is not helped by another try.
    private static Remedy RemedyOf(Trouble trouble) => trouble.Kind switch
    {
        "paused" => Remedy.Resume,
        "symbols_failed" => Remedy.RetryFailed,
        "run_cancelled" when trouble.Symbols.Count == trouble.SymbolCount => Remedy.RunSymbols,
        "run_cancelled" or "run_late" or "not_begun" or "stale" => Remedy.RunNow,
        _ => Remedy.None,
    };
}
