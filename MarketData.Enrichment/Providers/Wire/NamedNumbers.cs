using System.Buffers;
using System.Text.Json;

namespace MarketData.Enrichment.Providers.Wire;

/// <summary>
/// Puts into quotation marks what some servers write for numbers that are none, <c>NaN</c> and <c>Infinity</c>: that is no JSON, and
/// one such number would make the whole answer unreadable.
/// </summary>
public static class NamedNumbers
{
    private static readonly byte[][] Names = ["NaN"u8.ToArray(), "-Infinity"u8.ToArray(), "Infinity"u8.ToArray()];

    /// <summary>The document with each such name as text; the document itself when it has none.</summary>
    /// <param name="json">UTF-8.</param>
    public static ReadOnlyMemory<byte> Quote(ReadOnlyMemory<byte> json)
    {
        var text = json.Span;
        if (text.IndexOf("NaN"u8) < 0 && text.IndexOf("Infinity"u8) < 0)
            return json;
        var quoted = new ArrayBufferWriter<byte>(json.Length + 64);
        var (copied, inString) = (0, false);
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == (byte)'"')
                inString = !inString;
            else if (inString && text[at] == (byte)'\\')
                at++;
            else if (!inString && NameAt(text[at..]) is { } name)
            {
                quoted.Write(text[copied..at]);
                quoted.Write("\""u8);
                quoted.Write(name);
                quoted.Write("\""u8);
                copied = at + name.Length;
                at = copied - 1;
            }
        }

        quoted.Write(text[copied..]);
        return quoted.WrittenMemory;
    }

    /// <summary>Whether all of a body is one well-formed JSON document.</summary>
    /// <param name="body">UTF-8.</param>
    public static bool IsJson(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body.StartsWith("\uFEFF"u8) ? body[3..] : body);
            var any = false;
            while (reader.Read())
                any = true;
            return any;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static byte[]? NameAt(ReadOnlySpan<byte> text)
    {
        foreach (var name in Names)
        {
            if (text.StartsWith(name))
                return name;
        }

        return null;
    }
}
