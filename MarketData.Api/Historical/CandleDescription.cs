using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace MarketData.Api.Historical;

/// <summary>
/// Documents what candles have beyond a JSON answer: their other forms, and the tag that saves a client from getting them again.
/// </summary>
internal static class CandleDescription
{
    /// <summary>Adds the streamed forms to the answer with a page.</summary>
    public static Task DescribeFormatsAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellation) =>
        DescribeFormats(operation, "A page as JSON; or the whole range, streamed, in the form that `Accept` or `format` asks for.");

    /// <summary>Adds the other forms to the answer with everything.</summary>
    public static Task DescribeSetAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellation) =>
        DescribeFormats(operation, "All of it, streamed, in the form that `Accept` or `format` asks for.");

    private static Task DescribeFormats(OpenApiOperation operation, string description)
    {
        if (operation.Responses?["200"] is not OpenApiResponse { Content: { } content } answer)
            return Task.CompletedTask;
        answer.Description = description;
        content[CandleFormat.Ndjson.MediaType()] = new()
        {
            Schema = new OpenApiSchema { Type = JsonSchemaType.String, Description = "A candle a line, each a JSON object as in `candles`." },
        };
        content[CandleFormat.Csv.MediaType()] = new()
        {
            Schema = new OpenApiSchema { Type = JsonSchemaType.String, Description = "A header line and a line per candle (RFC 4180); what is missing is empty." },
        };
        foreach (var binary in (ReadOnlySpan<CandleFormat>)[CandleFormat.Parquet, CandleFormat.Arrow])
            content[binary.MediaType()] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" } };
        answer.Headers ??= new Dictionary<string, IOpenApiHeader>();
        answer.Headers["Content-Disposition"] = Header("A file name, for all forms but JSON.");
        return Task.CompletedTask;
    }

    /// <summary>Adds <c>ETag</c>, <c>If-None-Match</c> and 304.</summary>
    public static Task DescribeTagAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellation)
    {
        operation.Parameters ??= [];
        operation.Parameters.Add(new OpenApiParameter
        {
            Name = "If-None-Match",
            In = ParameterLocation.Header,
            Description = "The `ETag` of an answer that the client has: when it still holds, the answer is 304 without a body.",
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        });
        if (operation.Responses?["200"] is OpenApiResponse answer)
        {
            answer.Headers ??= new Dictionary<string, IOpenApiHeader>();
            answer.Headers["ETag"] = Header("Another one whenever the answer may be another.");
        }

        operation.Responses!["304"] = new OpenApiResponse { Description = "The answer with the `ETag` in `If-None-Match` still holds." };
        return Task.CompletedTask;
    }

    private static OpenApiHeader Header(string description) =>
        new() { Description = description, Schema = new OpenApiSchema { Type = JsonSchemaType.String } };
}
