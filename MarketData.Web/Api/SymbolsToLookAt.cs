namespace MarketData.Web.Api;

public sealed partial record SymbolsToLookAt
{
    /// <summary>None.</summary>
    public static SymbolsToLookAt None { get; } = new([], []);
}
