namespace MarketData.Web.Presentation;

/// <summary>A backfill in words.</summary>
public static class BackfillNames
{
    private const int MostNamed = 2;

    /// <summary>What it is of: its symbols, or the first and how many more.</summary>
    public static string What(IReadOnlyList<string> symbols, int total)
    {
        ArgumentNullException.ThrowIfNull(symbols);
        var named = string.Join(", ", symbols.Take(MostNamed));
        return total > MostNamed ? $"{named} and {Format.Count(total - MostNamed)} more" : named;
    }

    /// <summary>Its first and last day, UTC.</summary>
    public static string Range(DateTimeOffset from, DateTimeOffset to) => $"{Format.Day(from)} – {Format.Day(to.AddTicks(-1))}";
}
