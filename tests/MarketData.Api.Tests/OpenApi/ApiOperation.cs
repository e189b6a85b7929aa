using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;

namespace MarketData.Api.Tests.OpenApi;

/// <summary>One operation of the document.</summary>
public sealed class ApiOperation
{
    private static readonly EvaluationOptions Options = new() { OutputFormat = OutputFormat.List, RequireFormatValidation = true };

    private readonly ApiDescription _api;
    private readonly JsonObject _responses;
    private readonly ConcurrentDictionary<(int Status, string MediaType), JsonSchema> _schemas = new();

    internal ApiOperation(ApiDescription api, string method, string path, JsonObject operation)
    {
        (_api, Method, Path) = (api, method, path);
        Id = (string)operation["operationId"]!;
        NeedsMoreThanReading = operation["security"] is JsonArray { Count: > 0 };
        _responses = operation["responses"]!.AsObject();
        Parameters = [.. operation["parameters"]?.AsArray().Select(parameter => parameter!.AsObject()) ?? []];
        if (operation["requestBody"]?["content"]?["application/json"]?["schema"] is { } body)
            Body = api.Resolve(body);
    }

    /// <summary>Its <c>operationId</c>.</summary>
    public string Id { get; }

    /// <summary>The verb, in capitals.</summary>
    public string Method { get; }

    /// <summary>The path, with parameters in braces.</summary>
    public string Path { get; }

    /// <summary>Parameter objects.</summary>
    public IReadOnlyList<JsonObject> Parameters { get; }

    /// <summary>The schema of the body; null when it takes none.</summary>
    public JsonObject? Body { get; }

    /// <summary>Whether it needs a key even where reads are open.</summary>
    public bool NeedsMoreThanReading { get; }

    /// <summary>Whether it answers with an endless stream.</summary>
    public bool IsStream => Path.EndsWith("/events", StringComparison.Ordinal);

    /// <summary>What is wrong with an answer, measured by the document; null when nothing is.</summary>
    /// <param name="status">Its status.</param>
    /// <param name="mediaType">Its media type; null when it has none.</param>
    /// <param name="body">Its body, when that is JSON.</param>
    public string? Objection(HttpStatusCode status, string? mediaType, string? body)
    {
        if (_responses[((int)status).ToString(CultureInfo.InvariantCulture)] is not JsonObject response)
            return $"status {(int)status} is not documented";
        if (response["content"] is not JsonObject { Count: > 0 } contents)
            return string.IsNullOrEmpty(body) ? null : $"a body where none is documented: {body}";
        if (mediaType is null || contents[mediaType] is not JsonObject content)
            return $"media type '{mediaType}' of status {(int)status} is not documented";
        if (!mediaType.EndsWith("json", StringComparison.Ordinal) || mediaType.EndsWith("ndjson", StringComparison.Ordinal))
            return null;
        var schema = _schemas.GetOrAdd(((int)status, mediaType), _ => JsonSchema.FromText(_api.Complete(content["schema"]!).ToJsonString()));
        return Validate(schema, body!) ?? CodeObjection(content, body!);
    }

    /// <summary>A schema that a parameter's or a field's refers to.</summary>
    internal JsonObject Resolve(JsonNode schema) => _api.Resolve(schema);

    // Each error that an operation answers with stands in its document by its code.
    private static string? CodeObjection(JsonObject content, string body) =>
        content["examples"] is JsonObject codes && (string?)JsonNode.Parse(body)!["code"] is { } code && !codes.ContainsKey(code)
            ? $"the code '{code}' is not documented"
            : null;

    private static string? Validate(JsonSchema schema, string body)
    {
        JsonNode? answer;
        try
        {
            answer = JsonNode.Parse(body);
        }
        catch (JsonException e)
        {
            return $"no JSON: {e.Message}";
        }

        var result = schema.Evaluate(answer, Options);
        if (result.IsValid)
            return null;
        var errors = result.Details.Where(detail => detail.Errors is not null)
            .SelectMany(detail => detail.Errors!.Values.Select(error => $"{detail.InstanceLocation}: {error}"));
        return $"{string.Join("; ", errors.Take(5))} in {body[..Math.Min(body.Length, 1_000)]}";
    }
}
