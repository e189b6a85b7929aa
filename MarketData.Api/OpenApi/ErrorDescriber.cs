using System.Globalization;
using System.Text.Json.Nodes;
using MarketData.Api.Errors;
using MarketData.Api.Security;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace MarketData.Api.OpenApi;

/// <summary>Documents with each operation the errors that it can answer with, an example for each code, and the key that it needs.</summary>
public sealed class ErrorDescriber : IOpenApiOperationTransformer
{
    internal const string KeyScheme = "ApiKey";

    private static readonly ProblemCode[] Everywhere =
    [
        ProblemCodes.InvalidRequest, ProblemCodes.KeyMissing, ProblemCodes.KeyInvalid, ProblemCodes.ScopeMissing, ProblemCodes.TooManyRequests,
        ProblemCodes.InternalError, ProblemCodes.DatabaseUnavailable, ProblemCodes.Starting, ProblemCodes.AnswerTooSlow,
    ];

    private static readonly ProblemCode[] WithBody = [ProblemCodes.RequestTooSlow, ProblemCodes.BodyTooLarge, ProblemCodes.BodyNotJson];

    /// <inheritdoc/>
    public async Task TransformAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var problem = await context.GetOrCreateSchemaAsync(typeof(Problem), cancellationToken: cancellationToken);
        context.Document!.AddComponent(nameof(Problem), problem);
        operation.Responses ??= [];
        foreach (var codes in Codes(operation, context).Distinct().GroupBy(code => code.Status))
        {
            operation.Responses[codes.Key.ToString(CultureInfo.InvariantCulture)] = Response([.. codes], context.Document);
        }

        if (RequiredScope(context) is { } needed)
        {
            operation.Description = $"{operation.Description}\n\nNeeds a key with the scope `{needed.Scope}`.".TrimStart('\n');
            operation.Security = [new() { [new OpenApiSecuritySchemeReference(KeyScheme, context.Document)] = [] }];
        }
    }

    private static IEnumerable<ProblemCode> Codes(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        var (metadata, method) = (context.Description.ActionDescriptor.EndpointMetadata, context.Description.HttpMethod);
        IEnumerable<ProblemCode> codes = [.. Everywhere, .. metadata.OfType<PossibleProblems>().SelectMany(possible => possible.Codes)];
        if (operation.Parameters?.Any(parameter => parameter is { In: ParameterLocation.Path, Name: "symbol" }) == true)
            codes = codes.Append(ProblemCodes.SymbolNotTracked);
        if (operation.RequestBody is not null)
            codes = codes.Concat(WithBody);
        return RequiredScope(context) is not null || method is not ("GET" or "HEAD") ? codes.Append(ProblemCodes.CrossSiteRequest) : codes;
    }

    private static RequiredScope? RequiredScope(OpenApiOperationTransformerContext context) =>
        context.Description.ActionDescriptor.EndpointMetadata.OfType<RequiredScope>().LastOrDefault();

    private static OpenApiResponse Response(IReadOnlyList<ProblemCode> codes, OpenApiDocument document) => new()
    {
        Description = string.Join('\n', codes.Select(code => $"- `{code.Code}`: {code.Meaning}")),
        Content = new Dictionary<string, OpenApiMediaType>
        {
            [ProblemAnswers.MediaType] = new()
            {
                Schema = new OpenApiSchemaReference(nameof(Problem), document),
                Examples = codes.ToDictionary(code => code.Code, IOpenApiExample (code) => new OpenApiExample { Value = Example(code) }),
            },
        },
    };

    private static JsonObject Example(ProblemCode code)
    {
        var problem = new JsonObject
        {
            ["type"] = code.Type,
            ["code"] = code.Code,
            ["title"] = code.Title,
            ["status"] = code.Status,
            ["detail"] = code == ProblemCodes.InvalidRequest ? "One or more fields are not valid." : code.Meaning,
            ["instance"] = "/api/v1/historical/AAPL",
            ["trace_id"] = "4bf92f3577b34da6a3ce929d0e0e4736",
        };
        if (code == ProblemCodes.InvalidRequest)
            problem["errors"] = new JsonObject { ["limit"] = new JsonArray("'limit' must be a whole number from 1 to 10000.") };
        return problem;
    }
}
