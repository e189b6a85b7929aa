using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using MarketData.Api.Events;
using MarketData.Api.Requests;
using MarketData.Api.Security;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace MarketData.Api.OpenApi;

/// <summary>The OpenAPI 3.1 document at <c>/openapi/v1.json</c>.</summary>
public static class OpenApiSetup
{
    /// <summary>Describes the API: title, security, parameters, errors and examples.</summary>
    public static IServiceCollection AddApiDescription(this IServiceCollection services) => services.AddSingleton<ApiDocument>().AddOpenApi(ApiDocument.Name, options =>
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.CreateSchemaReferenceId = type => ValueKind.IsKnown(type.Type) ? null : NameOf(type);
        options.AddDocumentTransformer(DescribeDocument);
        options.AddOperationTransformer<ParameterDescriber>();
        options.AddOperationTransformer<EventDescriber>();
        options.AddOperationTransformer<ErrorDescriber>();
        options.AddSchemaTransformer(DescribeFeatures);
        options.AddSchemaTransformer(RequireWhatAnswersHold);
        options.AddDocumentTransformer<ExampleDescriber>();
    });

    /// <summary>
    /// Maps the document at <c>/openapi/v1.json</c> and the page that shows it at <c>/scalar</c>. The page brings all that it needs: nothing is
    /// asked of another host. Where reading needs a key, so do they.
    /// </summary>
    public static void MapApiDescription(this IEndpointRouteBuilder app)
    {
        var description = app.MapGroup("").CheckScopes();
        description.MapGet($"/openapi/{ApiDocument.Name}.json", static async (ApiDocument document) =>
        {
            var (text, tag) = await document.ReadAsync();
            return TypedResults.Bytes(text, "application/json; charset=utf-8", entityTag: tag);
        }).ExcludeFromDescription();
        description.MapScalarApiReference("/scalar", options => options
            .WithTitle("MarketData API").DisableDefaultFonts().DisableTelemetry().DisableAgent().DisableMcp().HideClientButton()
                .HideDeveloperTools());
    }

    // How we keep or make a thing is of no interest to whoever generates a client.
    private static string? NameOf(JsonTypeInfo type) => OpenApiOptions.CreateDefaultSchemaReferenceId(type) switch
    {
        { } name when name.EndsWith("View", StringComparison.Ordinal) => name[..^"View".Length],
        { } name when name.EndsWith("Summary", StringComparison.Ordinal) => name[..^"Summary".Length],
        var name => name,
    };

    // Answers hold every property, null or not, but for those that their record gives a default. A generated client would take each for optional.
    private static Task RequireWhatAnswersHold(
        OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        if (context is { ParameterDescription: null, JsonTypeInfo.Kind: JsonTypeInfoKind.Object })
        {
            schema.Required ??= new HashSet<string>();
            schema.Required.UnionWith(
                from property in context.JsonTypeInfo.Properties
                where property.AssociatedParameter is not { HasDefaultValue: true }
                select property.Name);
        }

        return Task.CompletedTask;
    }

    // Without it a generated client would have no type for a feature's value.
    private static Task DescribeFeatures(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.JsonTypeInfo.Type == typeof(IReadOnlyDictionary<string, JsonElement>))
            schema.AdditionalProperties = new OpenApiSchema { Type = JsonSchemaType.Number | JsonSchemaType.String | JsonSchemaType.Null };
        return Task.CompletedTask;
    }

    private static Task DescribeDocument(
        OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new()
        {
            Title = "MarketData",
            Version = "v1",
            Description =
                "Historical candles, their features and their quality; and the enrichment that brings them in. "
                + "Times are UTC, rates and scores are 0 to 1, durations say their unit in the name. "
                + "Unknown and repeated parameters are refused with 400; an empty parameter counts as left out. "
                + "Each error has a `code`, which its `type` describes; those of an operation are listed with it. Before any operation there are "
                + "`malformed_request`, `unknown_host`, `address_too_long` and `headers_too_large`, and where a front door stands before the API "
                + "`api_unreachable`, `api_unavailable` and `api_too_slow`.",
            License = new() { Name = "MIT", Identifier = "MIT" },
        };
        document.Servers = [new() { Url = "/" }];
        document.Components ??= new();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [ErrorDescriber.KeyScheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey,
                In = ParameterLocation.Header,
                Name = "X-API-Key",
                Description = "A key with the scope that the operation names. In Development none is needed.",
            },
        };
        return Task.CompletedTask;
    }
}
