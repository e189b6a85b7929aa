using System.Globalization;
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
    public async Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var problem = await context.GetOrCreateSchemaAsync(typeof(Problem), cancellationToken: cancellationToken);
        context.Document!.AddComponent(nameof(Problem), problem);
        operation.Responses ??= [];
        foreach (var (status, description) in Everywhere)
        {
            operation.Responses[status.ToString(CultureInfo.InvariantCulture)] = new OpenApiResponse { Description = description };
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

    private static void Complete(OpenApiResponse error, int status, OpenApiDocument document)
    {
        if (string.IsNullOrEmpty(error.Description))
        {
            error.Description = ReasonPhrases.GetReasonPhrase(status);
        }

        error.Content = new Dictionary<string, OpenApiMediaType>
        {
            ["application/problem+json"] = new() { Schema = new OpenApiSchemaReference(nameof(Problem), document) },
        };
    }
}
