using MarketData.Simulator.Faults;
using MarketData.Simulator.Market;

namespace MarketData.Simulator.Polygon;

/// <summary>One page of bars.</summary>
/// <param name="Rows">The bars.</param>
/// <param name="BaseCount">Base aggregates in them.</param>
/// <param name="Next">Where the next page begins (or, descending, ends), Unix milliseconds; null when this is the last.</param>
internal sealed record AggregatesPage(List<Row> Rows, int BaseCount, long? Next)
{
    /// <summary>As many bars as the limit's base aggregates make, at least one.</summary>
    public static AggregatesPage Take(IEnumerable<Bar> bars, AggregatesQuery query)
    {
        List<Row> rows = [];
        var parts = 0;
        foreach (var bar in bars)
        {
            if (rows.Count > 0 && parts + bar.Parts > query.Limit)
            {
                return new AggregatesPage(rows, parts, bar.Time);
            }

            rows.Add(new Row { Stamp = bar.Time, Bar = bar });
            parts += bar.Parts;
        }

        return new AggregatesPage(rows, parts, null);
    }
}
