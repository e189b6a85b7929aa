using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace MarketData.Api.OpenApi;

/// <summary>Turns the JSON schema of a parameter into the library's model of one.</summary>
internal static class Schemas
{
    /// <summary>Reads the keywords that <see cref="Requests.Parameters"/> uses.</summary>
    public static OpenApiSchema From(JsonObject schema) => new()
    {
        Type = Enum.Parse<JsonSchemaType>((string)schema["type"]!, ignoreCase: true),
        Format = (string?)schema["format"],
        Pattern = (string?)schema["pattern"],
        Minimum = schema["minimum"]?.ToJsonString(),
        Maximum = schema["maximum"]?.ToJsonString(),
        MinLength = (int?)schema["minLength"],
        MaxLength = (int?)schema["maxLength"],
        Default = schema["default"]?.DeepClone(),
        Enum = schema["enum"] is JsonArray words ? [.. words.Select(word => word!.DeepClone())] : null,
        Examples = schema["examples"] is JsonArray examples ? [.. examples.Select(example => example!.DeepClone())] : null,
        Items = schema["items"] is JsonObject items ? From(items) : null,
    };
}
