using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;

namespace MarketData.Simulator.Faults;

/// <summary>Writes prices and volumes as the provider does, or as a fault wants them.</summary>
internal static class WireNumbers
{
    /// <summary>A JSON number.</summary>
    public static void WriteNumber(this Utf8JsonWriter json, double value, NumberStyle style)
    {
        switch (style)
        {
            case NumberStyle.Object:
                WriteObject(json, value);
                break;
            case NumberStyle.Swapped:
                json.WriteStringValue(value.ToString("R", CultureInfo.InvariantCulture));
                break;
            case NumberStyle.Exponent:
                json.WriteRawValue(Exponent(value));
                break;
            case NumberStyle.OutOfRange:
                json.WriteRawValue("1e999");
                break;
            default:
                json.WriteNumberValue(value);
                break;
        }
    }

    /// <summary>A decimal number in a string with so many decimals, as Binance writes it.</summary>
    public static void WriteQuoted(this Utf8JsonWriter json, double value, NumberStyle style, byte decimals = 8)
    {
        switch (style)
        {
            case NumberStyle.Object:
                WriteObject(json, value);
                break;
            case NumberStyle.Swapped:
                json.WriteNumberValue(value);
                break;
            case NumberStyle.Exponent:
                json.WriteStringValue(Exponent(value));
                break;
            case NumberStyle.OutOfRange:
                json.WriteStringValue("1e999");
                break;
            default:
                Span<byte> text = stackalloc byte[64];
                Utf8Formatter.TryFormat(value, text, out var written, new StandardFormat('F', decimals));
                json.WriteStringValue(text[..written]);
                break;
        }
    }

    private static void WriteObject(Utf8JsonWriter json, double value)
    {
        json.WriteStartObject();
        json.WriteNumber("raw", value);
        json.WriteEndObject();
    }

    private static string Exponent(double value) => value.ToString("0.################E0", CultureInfo.InvariantCulture);
}
