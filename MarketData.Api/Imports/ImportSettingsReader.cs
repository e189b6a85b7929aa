using MarketData.Domain.Candles;
using NodaTime;

namespace MarketData.Api.Imports;

/// <summary>Makes the settings of an import of what was said.</summary>
internal static class ImportSettingsReader
{
    /// <summary>Reads them; what is wrong goes to <paramref name="objections"/>, by parameter.</summary>
    public static ImportSettings? Read(in ImportQuery query, Dictionary<string, string[]> objections)
    {
        DateTimeZone? zone = null;
        if (query.Zone is { Length: > 0 } id && (zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(id)) is null)
            objections["zone"] = [$"'{id}' is no time zone: say one by its IANA name, such as America/New_York or UTC."];
        if (query.Symbol is { } text && !Symbol.TryParse(text, out _))
            objections["symbol"] = [$"'{text}' can't be a symbol: that is 1 to 20 of A-Z, 0-9 and . - ^ =."];
        var columns = ReadColumns(query.Columns, objections);
        if (objections.Count > 0)
            return null;
        return new ImportSettings
        {
            Name = query.Name,
            Symbol = query.Symbol,
            Interval = query.Timeframe is { } timeframe ? BarIntervals.Parse(timeframe.ToLowerInvariant()) : null,
            Zone = zone,
            Ambiguous = query.Ambiguous?.ToLowerInvariant() ?? "reject",
            IsSplitAdjusted = query.Adjustment.Equals("splits", StringComparison.OrdinalIgnoreCase),
            Reading = new BarReading
            {
                Columns = columns,
                Separator = query.Separator?.ToLowerInvariant() switch
                {
                    "comma" => ',',
                    "semicolon" => ';',
                    "tab" => '\t',
                    "pipe" => '|',
                    _ => null,
                },
                Numbers = new BarNumbers(query.Decimal?.Equals("comma", StringComparison.OrdinalIgnoreCase) == true, query.Thousands),
                Times = new BarTimes(query.TimeFormat),
            },
        };
    }

    private static Dictionary<string, string> ReadColumns(string[]? said, Dictionary<string, string[]> objections)
    {
        var columns = new Dictionary<string, string>();
        foreach (var one in said ?? [])
        {
            var (field, column) = one.Split(':', 2) is [var name, var rest] ? (name.Trim().ToLowerInvariant(), rest.Trim()) : ("", "");
            if (!ColumnMapping.Fields.Contains(field) || column.Length == 0)
                objections["columns"] = [$"'{one}' is no field:column; the fields are {string.Join(", ", ColumnMapping.Fields)}."];
            columns[field] = column;
        }

        return columns;
    }
}
