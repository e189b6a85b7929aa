using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace MarketData.Api.OpenApi;

/// <summary>Gives each JSON body and each parameter an example, made from its schema and its name.</summary>
public sealed class ExampleDescriber : IOpenApiDocumentTransformer
{
    private const int MaxDepth = 6;

    private static readonly Dictionary<string, string> Texts = new()
    {
        ["symbol"] = "AAPL",
        ["timeframe"] = "1d",
        ["timeframes"] = "1d",
        ["asset_class"] = "stock",
        ["status"] = "healthy",
        ["trigger"] = "nightly",
        ["source"] = "polygon",
        ["last_source"] = "polygon",
        ["provider"] = "polygon",
        ["step"] = "fetch",
        ["name"] = "Apple Inc.",
        ["scopes"] = "read",
        ["scheduler_status"] = "running",
        ["circuit_state"] = "closed",
        ["validation_notes"] = "gap_before",
        ["reason"] = "ohlc_order",
        ["kind"] = "split",
        ["window"] = "24h",
        ["cursor"] = "a1704153600000000.5f2c9a01",
        ["next_cursor"] = "a1704153600000000.5f2c9a01",
        ["trace_id"] = "4bf92f3577b34da6a3ce929d0e0e4736",
        ["backfill_status"] = "completed",
        ["version"] = "1.0.0",
        ["currency"] = "USD",
        ["price_unit"] = "USD",
        ["exchange"] = "XNYS",
        ["zone"] = "America/New_York",
        ["instrument_type"] = "EQUITY",
        ["listing_status"] = "active",
        ["provider_symbol"] = "AAPL",
        ["fact"] = "exchange",
        ["confirmed_by"] = "rule",
        ["symbols"] = "AAPL",
        ["compute_type"] = "volatility",
        ["columns"] = "close",
        ["features"] = "sma(50)",
        ["tz"] = "America/New_York",
    };

    private static readonly Dictionary<string, double> Numbers = new()
    {
        ["open"] = 187.15,
        ["high"] = 188.44,
        ["low"] = 183.885,
        ["close"] = 185.64,
        ["vwap"] = 185.9465,
        ["volume"] = 82_488_674,
    };

    /// <inheritdoc/>
    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        foreach (var operation in document.Paths.Values.SelectMany(path => path.Operations is { } all ? all.Values.ToArray() : []))
        {
            foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>() ?? [])
            {
                if (parameter is { Example: null, Schema: { } schema, Name: { } name } && name != "If-None-Match")
                    parameter.Example = ExampleOf(schema, name, 0);
            }

            var contents = operation.Responses?.Values.Select(response => response.Content).Append(operation.RequestBody?.Content) ?? [];
            foreach (var (mediaType, content) in contents.OfType<IDictionary<string, OpenApiMediaType>>().SelectMany(one => one))
            {
                if (mediaType == "application/json" && content is { Example: null, Schema: { } schema })
                    content.Example = ExampleOf(schema, "", 0);
            }
        }

        return Task.CompletedTask;
    }

    private static JsonNode? ExampleOf(IOpenApiSchema schema, string name, int depth)
    {
        if ((schema.Examples?.FirstOrDefault() ?? schema.Default ?? schema.Enum?.FirstOrDefault()) is { } given)
            return given.DeepClone();
        if ((schema.OneOf ?? schema.AnyOf)?.FirstOrDefault(one => one.Type != JsonSchemaType.Null) is { } one)
            return ExampleOf(one, name, depth);
        return (schema.Type & ~JsonSchemaType.Null) switch
        {
            _ when depth > MaxDepth => null,
            JsonSchemaType.Object => ObjectOf(schema, depth),
            JsonSchemaType.Array when schema.Items is { } items => new JsonArray(ExampleOf(items, name, depth + 1)),
            JsonSchemaType.Boolean => true,
            JsonSchemaType.Integer => 12,
            JsonSchemaType.Number => Numbers.GetValueOrDefault(name, 0.97),
            JsonSchemaType.String => TextOf(schema, name),
            _ => null,
        };
    }

    private static JsonObject ObjectOf(IOpenApiSchema schema, int depth)
    {
        var example = new JsonObject();
        foreach (var (name, property) in schema.Properties ?? new Dictionary<string, IOpenApiSchema>())
            example[name] = ExampleOf(property, name, depth + 1);
        if (example.Count == 0 && schema.AdditionalProperties is { } values)
            example["sma_20"] = ExampleOf(values, "", depth + 1) ?? 190.71;
        return example;
    }

    private static string TextOf(IOpenApiSchema schema, string name) => schema.Format switch
    {
        "date-time" => "2024-01-02T00:00:00Z",
        "date" => "2024-01-02",
        "uuid" => "0190b6a4-6c1e-7c64-8a5e-3f6d1f0a2b11",
        _ => Texts.GetValueOrDefault(name, "text"),
    };
}
