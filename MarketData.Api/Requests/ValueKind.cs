using MarketData.Domain.Candles;
using Microsoft.OpenApi;

namespace MarketData.Api.Requests;

/// <summary>What the values of a type look like in a request: for whoever sends something else, and for the OpenAPI document.</summary>
/// <param name="Read">Reads a value; null when the text is none.</param>
/// <param name="Requirement">What a value must be, as the end of the sentence "'…' …".</param>
/// <param name="Description">What every parameter of the type is described with.</param>
/// <param name="Describe">Completes the schema that the framework makes of the type.</param>
internal sealed record ValueKind(Func<string, object?> Read, string Requirement, string Description, Action<OpenApiSchema>? Describe)
{
    private delegate bool Reader<T>(string text, out T value);

    private const string CursorRequirement = "must be the 'next_cursor' of the page before.";
    private const string CursorDescription = "Where the page begins: the `next_cursor` of the page before.";
    private static readonly Dictionary<Type, ValueKind> Kinds = new(
    [
        Kind((string text, out string value) => (value = text) is not null, "must be text."),
        Kind<bool>(bool.TryParse, "must be true or false."),
        Kind<int>(int.TryParse, "must be a whole number.", describe: schema => schema.Format = null),
        Kind<long>(long.TryParse, "must be a whole number."),
        Kind<double>(double.TryParse, "must be a number.", describe: schema => schema.Format = null),
        Kind<Guid>(Guid.TryParse, "must be a UUID."),
        Kind<Symbol>(
            Symbol.TryParse, "must be 1 to 20 of the characters A–Z, 0–9, '.', '-', '^' and '=', beginning with a letter, a digit or '^'.",
            "The symbol, in any case.", DescribeSymbol),
        Kind<Instant>(
            Instant.TryParse, Instant.Requirement,
            "ISO 8601, UTC unless it names an offset; or the seconds, milliseconds, microseconds or nanoseconds since 1970.", DescribeInstant),
        Kind<Window>(
            Window.TryParse, "must be a number of hours or days from 1h to 90d, such as 24h or 7d.",
            "The stretch of time up to now: hours or days, from 1h to 90d.", schema => schema.Pattern = "^[0-9]{1,4}[hd]$"),
        Kind<TimeCursor>(TimeCursor.TryParse, CursorRequirement, CursorDescription, DescribeCursor),
        Kind<NumberCursor>(NumberCursor.TryParse, CursorRequirement, CursorDescription, DescribeCursor),
        Kind<SeriesCursor>(SeriesCursor.TryParse, CursorRequirement, CursorDescription, DescribeCursor),
    ]);

    /// <summary>Whether the values of a type are of a kind that is described here.</summary>
    public static bool IsKnown(Type type) => Kinds.ContainsKey(Nullable.GetUnderlyingType(type) ?? type);

    /// <summary>The kind of a type's values; of the items' type for an array.</summary>
    /// <exception cref="KeyNotFoundException">Nothing is known of the type yet: it needs a line here.</exception>
    public static ValueKind Of(Type type)
    {
        type = type.GetElementType() ?? type;
        return Kinds[Nullable.GetUnderlyingType(type) ?? type];
    }

    private static KeyValuePair<Type, ValueKind> Kind<T>(
        Reader<T> read, string requirement, string description = "", Action<OpenApiSchema>? describe = null) =>
        new(typeof(T), new(text => read(text, out var value) ? value : null, requirement, description, describe));

    private static void DescribeSymbol(OpenApiSchema schema)
    {
        (schema.MinLength, schema.MaxLength, schema.Pattern) = (1, Symbol.MaxLength, "^[A-Za-z0-9^][A-Za-z0-9.^=-]{0,19}$");
        schema.Examples = ["AAPL", "BTC-USD"];
    }

    private static void DescribeInstant(OpenApiSchema schema) => schema.Examples = ["2024-01-02T00:00:00Z", "2024-01-02"];

    private static void DescribeCursor(OpenApiSchema schema) => schema.MaxLength = 200;
}
