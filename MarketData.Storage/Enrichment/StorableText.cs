using System.Text;

namespace MarketData.Storage.Enrichment;

/// <summary>
/// Makes text storable. PostgreSQL's texts hold no U+0000 and no half of a surrogate pair; what a provider says may, and must not keep a job
/// from ending.
/// </summary>
internal static class StorableText
{
    /// <summary>The text, with U+FFFD in the place of what can't be stored.</summary>
    public static string Of(string text)
    {
        var storable = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            storable.Append(rune.Value == 0 ? Rune.ReplacementChar : rune);
        return storable.ToString();
    }
}
