using MarketData.Web.Presentation;

namespace MarketData.Web.Api;

public sealed partial record BackfillDetail
{
    /// <summary>Whether some of it is still worked on, or will be.</summary>
    public bool IsOpen => Status is "queued" or "running";

    /// <summary>What it is of, in a few words.</summary>
    public string What => BackfillNames.What(Symbols, SymbolsTotal);

    /// <summary>Its first and last day.</summary>
    public string Range => BackfillNames.Range(From, To);

    /// <summary>Its first symbols, and how many more there are.</summary>
    public string SymbolNames => SymbolsTotal > Symbols.Count ? $"{string.Join(", ", Symbols)} and {Format.Count(SymbolsTotal - Symbols.Count)} more" : string.Join(", ", Symbols);
}
