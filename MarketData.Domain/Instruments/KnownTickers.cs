using MarketData.Domain.Candles;

namespace MarketData.Domain.Instruments;

/// <summary>
/// Changes of ticker that are known without asking: what providers serve under a symbol's former name, or keep under its present one for
/// another company.
/// </summary>
public static class KnownTickers
{
    private static readonly ILookup<string, TickerAlias> All = new (string Symbol, TickerAlias Alias)[]
    {
        ("QQQ", Polygon("QQQ", null, new(2004, 11, 30))),
        ("QQQ", Polygon("QQQQ", new(2004, 12, 1), new(2011, 3, 22))),
        ("QQQ", Polygon("QQQ", new(2011, 3, 23), null)),
        // META was a fund until January 2022.
        ("META", Polygon("FB", null, new(2022, 6, 8))),
        ("META", Polygon("META", new(2022, 6, 9), null)),
    }.ToLookup(known => known.Symbol, known => known.Alias);

    /// <summary>What is known of a symbol; nothing for most.</summary>
    public static IEnumerable<TickerAlias> Of(Symbol symbol) => All[symbol.Value];

    private static TickerAlias Polygon(string ticker, DateOnly? from, DateOnly? to) => new("polygon", ticker, from, to, AliasSource.BuiltIn);
}
