using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text.Json;
using MarketData.Api.Errors;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Options;

namespace MarketData.Api.Requests;

/// <summary>A request's JSON body, read strictly: unknown and duplicate members are refused.</summary>
/// <typeparam name="T">What it describes.</typeparam>
[SuppressMessage("Design", "CA1000", Justification = "Minimal APIs find a parameter's binding as a static method of its type.")]
public sealed class JsonBody<T> : IRequestBody, IEndpointParameterMetadataProvider
    where T : class, new()
{
    /// <summary>What was sent; an empty one when there was no body.</summary>
    public T Value { get; private init; } = new();

    /// <inheritdoc/>
    public ProblemHttpResult? Problem { get; private init; }

    /// <summary>Reads the body of a request.</summary>
    public static async ValueTask<JsonBody<T>> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        var request = context.Request;
        if (request.ContentLength == 0 || (request.ContentLength is null && request.Headers.TransferEncoding.Count == 0 && !HttpProtocol.IsHttp2(request.Protocol)))
        {
            return new();
        }

        if (!request.HasJsonContentType())
        {
            return new() { Problem = Problems.Of(StatusCodes.Status415UnsupportedMediaType, "The body must be application/json.") };
        }

        try
        {
            var options = context.RequestServices.GetRequiredService<IOptions<Microsoft.AspNetCore.Http.Json.JsonOptions>>().Value.SerializerOptions;
            var value = await JsonSerializer.DeserializeAsync<T>(request.Body, options, context.RequestAborted);
            return value is null ? Unreadable("", "The body must be a JSON object.") : new() { Value = value };
        }
        catch (JsonException e)
        {
            return Unreadable(e.Path?.TrimStart('$').TrimStart('.') ?? "", "Not what is documented here, or not JSON.");
        }
    }

    /// <summary>Documents the body.</summary>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new AcceptsMetadata(["application/json"], typeof(T), isOptional: true));

    private static JsonBody<T> Unreadable(string path, string message) =>
        new() { Problem = Problems.Invalid(new() { [path.Length == 0 ? "body" : path] = [message] }) };
}
