using MarketData.Web.Presentation;

namespace MarketData.Web.Api;

public sealed partial record Backfill
{
    /// <summary>What it is of, in a few words.</summary>
    public string What => BackfillNames.What(Symbols, SymbolsTotal);

    /// <summary>Its first and last day.</summary>
    public string Range => BackfillNames.Range(From, To);
}
