using System.Globalization;
using System.Text.Json.Nodes;
using MarketData.Api.Errors;
using MarketData.Api.Security;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.OpenApi;

namespace MarketData.Api.OpenApi;

/// <summary>Documents the errors that every operation can answer with, and the key that it needs.</summary>
public sealed class ErrorDescriber : IOpenApiOperationTransformer
{
    internal const string KeyScheme = "ApiKey";

    private static readonly Dictionary<int, string> Everywhere = new()
    {
        [400] = "A parameter or the body can't be read, is out of range, or is unknown; `errors` names each.",
        [401] = "No key, or one that is not valid.",
        [403] = "The key lacks the scope.",
        [429] = "Too many requests; `Retry-After` says when to go on.",
        [500] = "A fault of the service; `trace_id` finds it in the logs.",
        [503] = "The database does not answer; `Retry-After` says when to try again.",
    };

    /// <inheritdoc/>
    public async Task TransformAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var problem = await context.GetOrCreateSchemaAsync(typeof(Problem), cancellationToken: cancellationToken);
        context.Document!.AddComponent(nameof(Problem), problem);
        operation.Responses ??= [];
        foreach (var (status, description) in Everywhere)
        {
            operation.Responses[status.ToString(CultureInfo.InvariantCulture)] = new OpenApiResponse { Description = description };
        }

        if (operation.Parameters?.Any(parameter => parameter.In == ParameterLocation.Path) == true)
            Add(operation, StatusCodes.Status404NotFound, "There is no such thing.");
        if (operation.RequestBody is not null)
        {
            Add(operation, StatusCodes.Status413PayloadTooLarge, "The body is too large.");
            Add(operation, StatusCodes.Status415UnsupportedMediaType, "The body is not application/json.");
        }

        foreach (var (status, response) in operation.Responses)
        {
            if (response is OpenApiResponse error && status[0] is '4' or '5')
            {
                Complete(error, int.Parse(status, CultureInfo.InvariantCulture), context.Document);
            }
        }

        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<RequiredScope>().LastOrDefault() is { } needed)
        {
            operation.Description = $"{operation.Description}\n\nNeeds a key with the scope `{needed.Scope}`.".TrimStart('\n');
            operation.Security = [new() { [new OpenApiSecuritySchemeReference(KeyScheme, context.Document)] = [] }];
        }
    }

    private static void Add(OpenApiOperation operation, int status, string description) =>
        operation.Responses!.TryAdd(status.ToString(CultureInfo.InvariantCulture), new OpenApiResponse { Description = description });

    private static void Complete(OpenApiResponse error, int status, OpenApiDocument document)
    {
        if (string.IsNullOrEmpty(error.Description))
        {
            error.Description = ReasonPhrases.GetReasonPhrase(status);
        }

        error.Content = new Dictionary<string, OpenApiMediaType>
        {
            ["application/problem+json"] = new() { Schema = new OpenApiSchemaReference(nameof(Problem), document), Example = Example(status, error.Description) },
        };
    }

    private static JsonObject Example(int status, string description)
    {
        var problem = new JsonObject
        {
            ["type"] = "about:blank",
            ["title"] = ReasonPhrases.GetReasonPhrase(status),
            ["status"] = status,
            ["detail"] = status == StatusCodes.Status400BadRequest ? "One or more fields are not valid." : description,
            ["instance"] = "/api/v1/historical/AAPL",
            ["trace_id"] = "4bf92f3577b34da6a3ce929d0e0e4736",
        };
        if (status == StatusCodes.Status400BadRequest)
            problem["errors"] = new JsonObject { ["limit"] = new JsonArray("'limit' must be a whole number from 1 to 10000.") };
        return problem;
    }
}
