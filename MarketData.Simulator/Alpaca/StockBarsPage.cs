using MarketData.Simulator.Faults;

namespace MarketData.Simulator.Alpaca;

/// <summary>One page of bars, of one symbol after another: the limit counts the bars of all.</summary>
/// <param name="Rows">Bars by symbol; symbols without any are not among them.</param>
/// <param name="NextToken">Asks for the next page; null on the last.</param>
/// <param name="Before">The last bar of the page before; null on the first.</param>
internal sealed record StockBarsPage(IReadOnlyList<(string Symbol, List<Row> Rows)> Rows, string? NextToken, Row? Before)
{
    /// <summary>Takes the bars that the query's page is made of.</summary>
    public static StockBarsPage Take(StockBars bars, StockBarsQuery query)
    {
        var page = new List<(string Symbol, List<Row> Rows)>();
        var (left, last, border) = (query.Limit, ((string Symbol, long Time)?)null, (Row?)null);
        foreach (var symbol in query.Symbols)
        {
            if (query.After is { } after && string.CompareOrdinal(symbol, after.Symbol) < 0)
            {
                continue;
            }

            var rows = new List<Row>();
            var ordered = query.Descending ? bars.Bars(symbol, query).Reverse() : bars.Bars(symbol, query);
            foreach (var bar in ordered)
            {
                if (query.After is { } before && symbol == before.Symbol && (query.Descending ? bar.Time >= before.Time : bar.Time <= before.Time))
                {
                    border = new Row { Stamp = bar.Time, Bar = bar };
                    continue;
                }

                if (left == 0)
                {
                    return new StockBarsPage(page, query.TokenAfter(last!.Value.Symbol, last.Value.Time), border);
                }

                if (rows.Count == 0)
                {
                    page.Add((symbol, rows));
                }

                rows.Add(new Row { Stamp = bar.Time, Bar = bar });
                (left, last) = (left - 1, (symbol, bar.Time));
            }
        }

        return new StockBarsPage(page, null, border);
    }
}
