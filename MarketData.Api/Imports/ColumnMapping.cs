namespace MarketData.Api.Imports;

/// <summary>Which column of a file is what.</summary>
internal sealed class ColumnMapping
{
    /// <summary>The fields of a bar, each with what files call it.</summary>
    private static readonly Dictionary<string, string[]> Names = new()
    {
        ["time"] = ["time", "timestamp", "datetime", "date_time", "ts", "t", "open_time", "opentime"],
        ["date"] = ["date", "day"],
        ["symbol"] = ["symbol", "ticker"],
        ["timeframe"] = ["timeframe", "interval"],
        ["open"] = ["open", "o"],
        ["high"] = ["high", "h"],
        ["low"] = ["low", "l"],
        ["close"] = ["close", "c", "last"],
        ["volume"] = ["volume", "vol", "v"],
        ["vwap"] = ["vwap", "vw"],
        ["trade_count"] = ["trade_count", "trades", "transactions", "number_of_trades"],
        ["open_interest"] = ["open_interest"],
        ["funding_rate"] = ["funding_rate"],
        ["long_short_ratio"] = ["long_short_ratio"],
        ["long_liquidations"] = ["long_liquidations"],
        ["short_liquidations"] = ["short_liquidations"],
        ["taker_buy_volume"] = ["taker_buy_volume"],
        ["taker_sell_volume"] = ["taker_sell_volume"],
    };

    private static readonly string[] Needed = ["open", "high", "low", "close"];

    private readonly Dictionary<string, int> _places = [];
    private readonly IReadOnlyList<string> _header;

    private ColumnMapping(IReadOnlyList<string> header) => _header = header;

    /// <summary>The names of the fields that columns can be mapped to.</summary>
    public static IReadOnlyCollection<string> Fields => Names.Keys;

    /// <summary>The columns that mean nothing here.</summary>
    public IReadOnlyList<string> Ignored => [.. _header.Where((_, place) => !_places.ContainsValue(place))];

    /// <summary>The place of a field's column; −1 when there is none.</summary>
    public int this[string field] => _places.GetValueOrDefault(field, -1);

    /// <summary>What the file calls a field that it has.</summary>
    public string ColumnOf(string field) => _header[_places[field]];

    /// <summary>Finds the columns.</summary>
    /// <param name="header">The names in the file.</param>
    /// <param name="said">Fields and the columns that were said for them.</param>
    /// <exception cref="UnreadableImportException">One that was said, or that every bar needs, is not there.</exception>
    public static ColumnMapping Of(IReadOnlyList<string> header, IReadOnlyDictionary<string, string> said)
    {
        var mapping = new ColumnMapping(header);
        foreach (var (field, names) in Names)
        {
            var place = said.TryGetValue(field, out var column)
                ? Find(header, name => name.Trim().Equals(column.Trim(), StringComparison.OrdinalIgnoreCase))
                : names.Select(known => Find(header, name => Plain(name) == known)).FirstOrDefault(found => found >= 0, -1);
            if (place < 0 && column is not null)
                throw new UnreadableImportException("columns", $"There is no column '{column}' for {field}; the file has {List(header)}.");
            if (place >= 0)
                mapping._places[field] = place;
        }

        // A date alone is the time.
        if (mapping["time"] < 0 && mapping._places.Remove("date", out var date))
            mapping._places["time"] = date;
        string[] missing = [.. Needed.Prepend("time").Where(field => mapping[field] < 0)];
        if (missing.Length > 0)
        {
            throw new UnreadableImportException(
                "columns",
                $"No column is known to be {string.Join(", ", missing)}: the file must begin with the names of its columns, and has {List(header)}. "
                + "Say which is what by columns, such as columns=open:First,close:Last.");
        }

        return mapping;
    }

    private static string List(IReadOnlyList<string> header)
    {
        var all = string.Join(", ", header.Take(20).Select(name => $"'{(name.Length > 40 ? name[..40] + "…" : name)}'"));
        return header.Count > 20 ? all + ", …" : all;
    }

    private static int Find(IReadOnlyList<string> header, Func<string, bool> isIt)
    {
        for (var place = 0; place < header.Count; place++)
        {
            if (isIt(header[place]))
                return place;
        }

        return -1;
    }

    // "Trade Count", "<OPEN>" and "openTime" as they are meant.
    private static string Plain(string name) => name.Trim().Trim('<', '>', '"', '\uFEFF').Trim().Replace(' ', '_').Replace('-', '_').ToLowerInvariant();
}
