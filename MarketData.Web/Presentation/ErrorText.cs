using System.Text;
using System.Text.Json;

namespace MarketData.Web.Presentation;

/// <summary>Errors as a person reads them: of a provider's JSON answer, what it says. The whole text stays with the attempt.</summary>
public static class ErrorText
{
    private static readonly string[] Telling = ["message", "description", "msg", "detail", "error"];

    /// <summary>Puts what a JSON object in the text says in place of the object: <c>HTTP 404 {"message":"Data not found."}</c> becomes <c>HTTP 404 (Data not found.)</c>.</summary>
    public static string? Of(string? error)
    {
        if (error is null)
            return null;
        var text = new StringBuilder();
        for (var at = 0; at < error.Length;)
        {
            if (error[at] == '{' && Read(error[at..]) is var (length, saying))
            {
                text.Append(saying is null ? "" : $"({saying})");
                at += length;
            }
            else
            {
                text.Append(error[at++]);
            }
        }

        return text.ToString().Trim();
    }

    // How many characters the object takes that the text begins with, and what it says; null when it is none.
    private static (int Length, string? Saying)? Read(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        var reader = new Utf8JsonReader(utf8);
        try
        {
            if (!JsonDocument.TryParseValue(ref reader, out var document))
                return null;
            using (document)
                return (Encoding.UTF8.GetCharCount(utf8, 0, (int)reader.BytesConsumed), Saying(document.RootElement));
        }
        catch (JsonException)
        {
            // Cut off, or no JSON at all: shown as it is.
            return null;
        }
    }

    private static string? Saying(JsonElement element) => element.ValueKind != JsonValueKind.Object
        ? null
        : Telling.Select(name => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null)
            .FirstOrDefault(said => said is { Length: > 0 })
            ?? element.EnumerateObject().Select(property => Saying(property.Value)).FirstOrDefault(said => said is not null);
}
