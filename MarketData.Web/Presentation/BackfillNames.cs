namespace MarketData.Web.Presentation;

/// <summary>A backfill in words.</summary>
public static class BackfillNames
{
    private const int MostNamed = 2;

    /// <summary>What it is of, in a heading: its symbols, or the first two and how many more.</summary>
    public static string What(IReadOnlyList<string> symbols, int total) => Named(symbols, MostNamed, total);

    /// <summary>The same with all the symbols that are told of.</summary>
    public static string All(IReadOnlyList<string> symbols, int total) => Named(symbols, int.MaxValue, total);

    /// <summary>Its first and last day, UTC.</summary>
    public static string Range(DateTimeOffset from, DateTimeOffset to) => $"{Format.Day(from)} – {Format.Day(to.AddTicks(-1))}";

    private static string Named(IReadOnlyList<string> symbols, int most, int total)
    {
        ArgumentNullException.ThrowIfNull(symbols);
        var shown = symbols.Take(most).ToList();
        return string.Join(", ", shown) + (total > shown.Count ? $" and {Format.Count(total - shown.Count)} more" : "");
    }
}
