using MarketData.Storage.Events;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace MarketData.Api.Events;

/// <summary>
/// Describes the events of the stream: OpenAPI 3.1 has no place for what a <c>text/event-stream</c> holds, so each kind's payload is a schema of
/// the document, which the answer's description and <c>x-events</c> name.
/// </summary>
internal sealed class EventDescriber : IOpenApiOperationTransformer
{
    private const string MediaType = "text/event-stream";

    private static readonly (string Kind, Type Payload)[] Events =
    [
        (EventKinds.Run, typeof(RunEvent)), (EventKinds.Job, typeof(JobEvent)), (EventKinds.Circuit, typeof(CircuitEvent)),
        (EventKinds.Scheduler, typeof(SchedulerEvent)), (EventKinds.Quality, typeof(QualityEvent)), (EventKinds.Candle, typeof(CandleEvent)),
    ];

    /// <inheritdoc/>
    public async Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        if (operation.Responses?.GetValueOrDefault("200") is not OpenApiResponse { Content: { } contents } answer || !contents.ContainsKey(MediaType))
            return;
        var schemas = new System.Text.Json.Nodes.JsonObject();
        foreach (var (kind, type) in Events)
        {
            context.Document!.AddComponent(type.Name, await context.GetOrCreateSchemaAsync(type, cancellationToken: cancellationToken));
            schemas[kind] = new System.Text.Json.Nodes.JsonObject { ["$ref"] = $"#/components/schemas/{type.Name}" };
        }

        answer.Description = "Events, each with `id`, `event` (its kind) and `data`: a JSON object on one line, by kind "
            + string.Join(", ", Events.Select(one => $"`{one.Kind}`: `{one.Payload.Name}`")) + ". Lines that begin with a colon are to be ignored.";
        answer.Extensions ??= new Dictionary<string, IOpenApiExtension>();
        answer.Extensions["x-events"] = new JsonNodeExtension(schemas);
    }
}
