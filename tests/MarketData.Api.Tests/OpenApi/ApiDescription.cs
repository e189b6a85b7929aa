using System.Text.Json.Nodes;

namespace MarketData.Api.Tests.OpenApi;

/// <summary>The API's OpenAPI document, as a client reads it: its operations, and whether an answer is one that it describes.</summary>
public sealed class ApiDescription
{
    private const string ComponentsPrefix = "#/components/schemas/";
    private const string DefinitionsPrefix = "#/$defs/";

    private readonly JsonObject _definitions;

    /// <summary>Reads a document.</summary>
    public ApiDescription(JsonObject document)
    {
        _definitions = [];
        foreach (var (name, schema) in document["components"]!["schemas"]!.AsObject())
            _definitions[name] = Closed(schema!.DeepClone());
        Operations =
        [
            .. from path in document["paths"]!.AsObject()
               from verb in path.Value!.AsObject()
               select new ApiOperation(this, verb.Key.ToUpperInvariant(), path.Key, verb.Value!.AsObject()),
        ];
    }

    /// <summary>Every operation.</summary>
    public IReadOnlyList<ApiOperation> Operations { get; }

    /// <summary>Fetches the document from a running API.</summary>
    public static async Task<ApiDescription> FetchAsync(HttpClient client)
    {
        var text = await client.GetStringAsync("/openapi/v1.json", TestContext.Current.CancellationToken);
        return new ApiDescription(JsonNode.Parse(text)!.AsObject());
    }

    /// <summary>The operation with this <c>operationId</c>.</summary>
    public ApiOperation Operation(string id) => Operations.Single(operation => operation.Id == id);

    /// <summary>A schema that stands alone.</summary>
    internal JsonObject Complete(JsonNode schema)
    {
        var complete = Closed(schema.DeepClone()).AsObject();
        complete["$defs"] = _definitions.DeepClone();
        return complete;
    }

    /// <summary>What a schema refers to, or itself.</summary>
    internal JsonObject Resolve(JsonNode schema) => schema["$ref"] is { } reference
        ? _definitions[((string)reference!).Replace(ComponentsPrefix, "", StringComparison.Ordinal).Replace(DefinitionsPrefix, "", StringComparison.Ordinal)]!.AsObject()
        : schema.AsObject();

    // A field that the document does not know is as wrong as one of another type.
    private static JsonNode Closed(JsonNode node)
    {
        switch (node)
        {
            case JsonObject schema:
                if (schema["$ref"] is JsonValue reference)
                    schema["$ref"] = ((string)reference!).Replace(ComponentsPrefix, DefinitionsPrefix, StringComparison.Ordinal);
                if (schema["properties"] is JsonObject && !schema.ContainsKey("additionalProperties"))
                    schema["additionalProperties"] = false;
                foreach (var part in schema.Select(part => part.Value).OfType<JsonNode>())
                    Closed(part);
                break;
            case JsonArray parts:
                foreach (var part in parts.OfType<JsonNode>())
                    Closed(part);
                break;
            default:
                break;
        }

        return node;
    }
}
