using System.Collections.Frozen;
using System.Text.Json;
using MarketData.Domain.Features;
using MarketData.Storage.Candles;

namespace MarketData.Api.Historical;

/// <summary>Writes candles as JSON straight from the columns.</summary>
internal static class CandleJson
{
    /// <summary>What to write JSON with: names and numbers need no checks, and pages of a browser need no escapes.</summary>
    public static readonly JsonWriterOptions Options = new() { SkipValidation = true };

    private static readonly JsonEncodedText FeaturesName = JsonEncodedText.Encode("features");

    private static readonly FrozenDictionary<string, JsonEncodedText> Names =
        new CandleBatch(
            new CandleQuery { Instrument = new(default, Domain.Candles.AssetClass.Crypto), Interval = default, SymbolColumn = true, TimeframeColumn = true }, 0).Columns
            .Select(column => column.Name).Concat(LatestReader.Names).Concat(FeatureCatalogue.All.Select(feature => feature.Name)).Distinct()
            .ToFrozenDictionary(name => name, name => JsonEncodedText.Encode(name));

    /// <summary>The names of a batch's columns, encoded.</summary>
    public static JsonEncodedText[] NamesOf(CandleBatch batch) =>
        [.. batch.Columns.Select(column => Names.TryGetValue(column.Name, out var name) ? name : JsonEncodedText.Encode(column.Name))];

    /// <summary>Writes one row as an object; its features, if there are any, as an object in it.</summary>
    public static void WriteRow(Utf8JsonWriter json, CandleBatch batch, JsonEncodedText[] names, int row)
    {
        json.WriteStartObject();
        var inFeatures = false;
        for (var i = 0; i < names.Length; i++)
        {
            var column = batch.Columns[i];
            if (column.IsFeature && !inFeatures)
            {
                json.WriteStartObject(FeaturesName);
                inFeatures = true;
            }

            WriteValue(json, column, names[i], row);
        }

        if (inFeatures)
            json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter json, BatchColumn column, JsonEncodedText name, int row)
    {
        switch (column.Kind)
        {
            case BatchColumnKind.Number when column.Numbers[row] is var number && double.IsFinite(number):
                Span<byte> digits = stackalloc byte[ShortNumber.MostLength];
                json.WritePropertyName(name);
                json.WriteRawValue(digits[..ShortNumber.Write(number, digits)], skipInputValidation: true);
                break;
            case BatchColumnKind.Integer when column.Integers[row] is var integer and not BatchColumn.NullInteger:
                json.WriteNumber(name, integer);
                break;
            case BatchColumnKind.Instant:
                json.WriteString(name, new DateTime(column.Integers[row], DateTimeKind.Utc));
                break;
            case BatchColumnKind.Flag:
                json.WriteBoolean(name, column.Flags[row]);
                break;
            case BatchColumnKind.Text when column.Texts[row] is { } text:
                json.WriteString(name, text);
                break;
            case BatchColumnKind.Notes:
                WriteNotes(json, name, column.Notes[row] ?? []);
                break;
            default:
                json.WriteNull(name);
                break;
        }
    }

    private static void WriteNotes(Utf8JsonWriter json, JsonEncodedText name, string[] notes)
    {
        json.WriteStartArray(name);
        foreach (var note in notes)
            json.WriteStringValue(note);
        json.WriteEndArray();
    }
}
