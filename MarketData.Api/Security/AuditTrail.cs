using System.Globalization;

namespace MarketData.Api.Security;

/// <summary>What a call changed, for the trail of the key that it was made with.</summary>
internal static class AuditTrail
{
    private const string None = "none";

    /// <summary>Says what the call at hand changed.</summary>
    public static void Note(this HttpContext context, string change) => context.Features.Set(new AuditNote(change));

    /// <summary>Says what the call at hand changed, from what to what; what stayed the same is left out.</summary>
    public static void Note(this HttpContext context, string thing, params ReadOnlySpan<(string Field, object? From, object? To)> fields)
    {
        var changes = new List<string>();
        foreach (var (field, from, to) in fields)
        {
            var (before, after) = (Text(from), Text(to));
            if (before != after)
                changes.Add($"{field}: {before} → {after}");
        }

        context.Note($"{thing} {(changes.Count == 0 ? "as it was" : string.Join("; ", changes))}");
    }

    /// <summary>What was said of a call; null when nothing was.</summary>
    public static string? NoteOf(HttpContext context) => context.Features.Get<AuditNote>()?.Text;

    private static string Text(object? value) => value switch
    {
        null => None,
        bool flag => flag ? "true" : "false",
        IEnumerable<string> items => string.Join(' ', items),
        IFormattable number => number.ToString(value is DateOnly ? "yyyy-MM-dd" : null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? None,
    };

    private sealed record AuditNote(string Text);
}
