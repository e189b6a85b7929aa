using System.Reflection;
using System.Text.Json.Nodes;
using MarketData.Api.Requests;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace MarketData.Api.OpenApi;

/// <summary>Completes what the framework says of parameters: their names in requests, words, patterns and examples.</summary>
public sealed class ParameterDescriber : IOpenApiOperationTransformer
{
    /// <inheritdoc/>
    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var taken = context.Description.ActionDescriptor.EndpointMetadata.OfType<TakenParameters>().LastOrDefault() ?? new([]);
        foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>() ?? [])
            Complete(parameter, taken.Items.First(one => one.Name.Equals(parameter.Name, StringComparison.OrdinalIgnoreCase)));
        // A body that may be left out may not be null all the same.
        foreach (var body in operation.RequestBody?.Content?.Values ?? [])
            body.Schema = body.Schema?.OneOf?.FirstOrDefault(one => one is OpenApiSchemaReference) ?? body.Schema;
        return Task.CompletedTask;
    }

    private static void Complete(OpenApiParameter parameter, RequestParameter taken)
    {
        parameter.Name = taken.Name;
        if (!taken.Declaration.ParameterType.IsArray)
            parameter.Description = $"{parameter.Description} {taken.Kind.Description}".Trim();
        var schema = Plain(parameter.Schema);
        parameter.Schema = schema;
        if (schema.Items is { } items)
            schema.Items = schema = Plain(items);
        taken.Kind.Describe?.Invoke(schema);
        if (taken.Declaration.GetCustomAttributes().OfType<OneOfAttribute>().FirstOrDefault() is { } words)
            schema.Enum = [.. words.Words.Select(word => JsonValue.Create(word))];
    }

    // A type of our own is text in a request, whatever it has inside.
    private static OpenApiSchema Plain(IOpenApiSchema? schema)
    {
        if (schema is not OpenApiSchema plain || plain.Type?.HasFlag(JsonSchemaType.Object) != false)
            return new() { Type = JsonSchemaType.String };
        plain.Type &= ~JsonSchemaType.Null;
        return plain;
    }
}
