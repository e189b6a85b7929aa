using System.Text.Json;

namespace MarketData.Enrichment.Providers.Wire;

/// <summary>Reads numbers where providers write them as numbers, as strings or as null.</summary>
public static class JsonNumbers
{
    private const int LongestText = 20;

    /// <summary>The number that the reader stands on; NaN for null, an infinity beyond the range of doubles.</summary>
    /// <exception cref="JsonException">It is neither a number, nor a string that holds one, nor null.</exception>
    public static double Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Number && DecimalText.TryParse(reader.ValueSpan, out var number))
            return number;

        return reader.TokenType switch
        {
            JsonTokenType.Null => double.NaN,
            JsonTokenType.String when DecimalText.TryParse(reader.ValueSpan, out number) => number,
            _ => throw new JsonException($"A number is written as {Describe(reader.TokenType)}."),
        };
    }

    /// <summary>Reads the number that the reader stands on, null as NaN; steps over what is none.</summary>
    /// <param name="reader">The reader.</param>
    /// <param name="number">The number; NaN for null and for what is none.</param>
    /// <param name="other">What stands there instead of a number, in a person's words; null where there is one, or null.</param>
    public static void Read(ref Utf8JsonReader reader, out double number, out string? other)
    {
        other = null;
        if (reader.TokenType == JsonTokenType.Null)
            number = double.NaN;
        else if (reader.TokenType is not (JsonTokenType.Number or JsonTokenType.String)
            || !DecimalText.TryParse(reader.ValueSpan, out number))
        {
            number = double.NaN;
            other = Describe(ref reader);
            reader.Skip();
        }
    }

    /// <summary>A count, as far as <paramref name="number"/> is one; null when it is missing, negative or no integer.</summary>
    public static long? ToCount(double number) =>
        number >= 0 && number < long.MaxValue && Math.Truncate(number) == number ? (long)number : null;

    /// <summary>What the reader stands on, in a person's words: of a text its beginning.</summary>
    public static string Describe(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String)
            return Describe(reader.TokenType);
        var text = reader.GetString()!;
        return $"the text \"{(text.Length <= LongestText ? text : text[..LongestText] + "…")}\"";
    }

    /// <summary>What stands at a place, in a person's words.</summary>
    public static string Describe(JsonTokenType token) => token switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String => "text",
        JsonTokenType.Number => "a number",
        JsonTokenType.True or JsonTokenType.False => "a truth value",
        JsonTokenType.Null => "null",
        _ => "nothing",
    };
}
