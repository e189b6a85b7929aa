using MarketData.Api.Requests;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace MarketData.Api.OpenApi;

/// <summary>Documents the parameters that an endpoint declared with <see cref="RequestEndpoints.Takes"/>.</summary>
public sealed class ParameterDescriber : IOpenApiOperationTransformer
{
    /// <inheritdoc/>
    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<TakenParameters>().LastOrDefault() is { } taken)
        {
            operation.Parameters = [.. taken.Items.Select(Describe)];
        }

        return Task.CompletedTask;
    }

    private static OpenApiParameter Describe(RequestParameter parameter) => new()
    {
        Name = parameter.Name,
        In = parameter.Location switch
        {
            Requests.ParameterLocation.Route => Microsoft.OpenApi.ParameterLocation.Path,
            Requests.ParameterLocation.Header => Microsoft.OpenApi.ParameterLocation.Header,
            _ => Microsoft.OpenApi.ParameterLocation.Query,
        },
        Required = parameter.Location == Requests.ParameterLocation.Route,
        Description = parameter.Description,
        Schema = Schemas.From(parameter.Schema),
        Explode = parameter.Repeatable,
        Style = parameter.Repeatable ? ParameterStyle.Form : null,
    };
}
