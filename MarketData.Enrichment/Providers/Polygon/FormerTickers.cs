using MarketData.Domain.Candles;

namespace MarketData.Enrichment.Providers.Polygon;

/// <summary>Tickers whose history before a change of name is served under the old one.</summary>
internal static class FormerTickers
{
    private static readonly (string Ticker, string Former, DateTime Until)[] Known =
        [("QQQ", "QQQQ", new DateTime(2011, 3, 23, 0, 0, 0, DateTimeKind.Utc))];

    /// <summary>Splits a range at changes of the ticker, in order of time.</summary>
    /// <param name="symbol">The instrument's symbol.</param>
    /// <param name="from">Start, UTC.</param>
    /// <param name="to">End, UTC.</param>
    public static IEnumerable<(string Ticker, DateTime From, DateTime To)> Split(Symbol symbol, DateTime from, DateTime to)
    {
        foreach (var (_, former, until) in Known.Where(known => known.Ticker == symbol.Value && known.Until > from))
        {
            yield return (former, from, to < until ? to : until.AddTicks(-1));
            from = until;
        }

        if (from <= to)
            yield return (symbol.Value, from, to);
    }
}
