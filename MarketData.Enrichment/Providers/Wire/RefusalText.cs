using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace MarketData.Enrichment.Providers.Wire;

/// <summary>What a provider says in the body of an answer that is no success.</summary>
public static partial class RefusalText
{
    private const int LongestAnswer = 65_536;
    private const int LongestText = 200;

    // Polygon says "message" or "error", Binance "msg", Yahoo "description" within "chart" and "error".
    private static readonly string[] Telling = ["message", "description", "msg", "detail", "error"];

    /// <summary>The provider's own words: of a JSON object its message, of a page of HTML its title, else the text's beginning.</summary>
    /// <param name="body">The answer's body, UTF-8.</param>
    /// <returns>At most 200 characters on one line; null when the body tells a person nothing.</returns>
    public static string? Of(ReadOnlyMemory<byte> body)
    {
        var text = Encoding.UTF8.GetString(body.Span[..Math.Min(body.Length, LongestAnswer)]).Trim();
        var said = text switch
        {
            "" => null,
            ['{', ..] => Message(text),
            ['<', ..] => WebUtility.HtmlDecode(Title().Match(text) is { Success: true } title ? title.Groups[1].Value : null),
            _ => text,
        };
        return said is null ? null : OneLine(said) is { Length: > 0 } line ? line : null;
    }

    /// <summary>Whether a refusal is about what the customer's plan includes, and not about the key.</summary>
    public static bool SpeaksOfPlan(string? said) => said is not null && Plan().IsMatch(said);

    private static string? Message(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return Message(document.RootElement);
        }
        catch (JsonException)
        {
            // Cut off, or no JSON after all: its beginning says what can be said.
            return json;
        }
    }

    private static string? Message(JsonElement element) => element.ValueKind != JsonValueKind.Object
        ? null
        : Telling.Select(
            name => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null)
            .FirstOrDefault(said => said is { Length: > 0 })
            ?? element.EnumerateObject().Select(property => Message(property.Value)).FirstOrDefault(said => said is not null);

    private static string OneLine(string text)
    {
        var line = WhiteSpace().Replace(text, " ").Trim();
        return line.Length <= LongestText ? line : line[..(LongestText - 1)] + "…";
    }

    [GeneratedRegex(@"<title[^>]*>(.*?)</title>", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex Title();

    [GeneratedRegex(@"\b(plan|entitled|entitlements?|subscription|upgrade)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Plan();

    [GeneratedRegex(@"[\s\p{C}]+")]
    private static partial Regex WhiteSpace();
}
