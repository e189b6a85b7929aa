using System.Globalization;

namespace MarketData.Api.Enrichment;

/// <summary>Sentences for people: counts with their nouns, lists with an "and".</summary>
internal static class Wording
{
    private const int NamedAtMost = 3;

    /// <summary>A count with its noun: <c>1 symbol</c>, <c>12 symbols</c>.</summary>
    public static string Count(long count, string one, string? many = null) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? one : many ?? one + "s")}");

    /// <summary>The verb that goes with a count.</summary>
    public static string Verb(long count, string one, string many) => count == 1 ? one : many;

    /// <summary>Names in a sentence: <c>A, B and C</c>.</summary>
    public static string And(IReadOnlyList<string> names) =>
        names.Count < 2 ? string.Concat(names) : $"{string.Join(", ", names.SkipLast(1))} and {names[^1]}";

    /// <summary>Symbols by name while they are few, else their count: <c>AAPL and MSFT</c>, <c>15 symbols</c>.</summary>
    /// <param name="names">Some of them, or all.</param>
    /// <param name="count">How many there are.</param>
    public static string Symbols(IReadOnlyList<string> names, long count) =>
        count <= NamedAtMost && names.Count == count ? And(names) : Count(count, "symbol");

    /// <summary>A provider's name as people write it.</summary>
    public static string Provider(string provider) => provider switch
    {
        [var first, .. var rest] => char.ToUpperInvariant(first) + rest,
        _ => provider,
    };

    /// <summary>Providers in a sentence.</summary>
    public static string Providers(IEnumerable<string> providers) => And([.. providers.Select(Provider)]);

    /// <summary>Sentences put together, each with its full stop; null when there is none.</summary>
    public static string? Join(params ReadOnlySpan<string?> sentences)
    {
        var text = new System.Text.StringBuilder();
        foreach (var sentence in sentences)
        {
            if (sentence?.Trim() is not { Length: > 0 } said)
                continue;
            text.Append(text.Length == 0 ? "" : " ").Append(said);
            if (said[^1] is not ('.' or '!' or '?'))
                text.Append('.');
        }

        return text.Length == 0 ? null : text.ToString();
    }
}
