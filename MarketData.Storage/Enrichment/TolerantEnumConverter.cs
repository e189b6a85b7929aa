using System.Text.Json;
using System.Text.Json.Serialization;

namespace MarketData.Storage.Enrichment;

/// <summary>
/// Writes the names of an enum, and reads them: one that a newer version wrote, and this one does not know, is read as
/// <paramref name="unknown"/>, so that it does not make the whole document unreadable.
/// </summary>
/// <typeparam name="T">The enum.</typeparam>
/// <param name="unknown">What stands for a name that is not known.</param>
/// <param name="naming">How names are written; null as in code.</param>
internal sealed class TolerantEnumConverter<T>(T unknown, JsonNamingPolicy? naming = null) : JsonConverter<T> where T : struct, Enum
{
    private readonly Dictionary<string, T> _values = Enum.GetValues<T>().ToDictionary(value => Name(value, naming), StringComparer.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && _values.TryGetValue(reader.GetString()!, out var value) ? value : unknown;

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(Name(value, naming));

    private static string Name(T value, JsonNamingPolicy? naming) => naming?.ConvertName(value.ToString()) ?? value.ToString();
}
