using System.Globalization;
using System.Text.RegularExpressions;

namespace MarketData.Simulator.Alpaca;

/// <summary>Parameters that Alpaca's endpoints have in common.</summary>
internal static partial class AlpacaQuery
{
    /// <summary>Reads <c>symbols</c>, sorted as answers are.</summary>
    /// <returns>The symbols; or the first that is written as none is, or null where there are none at all.</returns>
    public static (IReadOnlyList<string> Symbols, string? Invalid) Symbols(IQueryCollection query)
    {
        string[] symbols = [.. query["symbols"].ToString().Split(',').Select(symbol => symbol.Trim()).Where(symbol => symbol.Length > 0).Distinct()];
        Array.Sort(symbols, StringComparer.Ordinal);
        return (symbols, symbols.FirstOrDefault(symbol => !Written().IsMatch(symbol)));
    }

    /// <summary>Reads a whole number from 1 to <paramref name="most"/>.</summary>
    /// <returns>Whether it is one, or left out.</returns>
    public static bool TryReadLimit(IQueryCollection query, int usual, int most, out int limit)
    {
        limit = usual;
        return query["limit"].ToString() is not { Length: > 0 } text
            || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit >= 1 && limit <= most);
    }

    /// <summary>Reads a date, <c>2024-01-03</c>.</summary>
    /// <returns>Whether it is one, or left out.</returns>
    public static bool TryReadDate(IQueryCollection query, string name, DateOnly usual, out DateOnly date)
    {
        date = usual;
        return query[name].ToString() is not { Length: > 0 } text
            || DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out date);
    }

    /// <summary>Reads a date or an instant of RFC 3339, Unix milliseconds.</summary>
    /// <returns>Whether it is one, or left out.</returns>
    public static bool TryReadInstant(IQueryCollection query, string name, long usual, out long instant)
    {
        instant = usual;
        if (query[name].ToString() is not { Length: > 0 } text)
        {
            return true;
        }

        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var read))
        {
            return false;
        }

        instant = read.ToUnixTimeMilliseconds();
        return true;
    }

    [GeneratedRegex(@"^[A-Z][A-Z0-9]*(\.[A-Z]+)?$")]
    private static partial Regex Written();
}
