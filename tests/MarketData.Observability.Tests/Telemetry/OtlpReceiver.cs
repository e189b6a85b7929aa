using System.Collections.Concurrent;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MarketData.Observability.Tests.Telemetry;

/// <summary>Takes what services send over OTLP, as <c>http/protobuf</c>, and keeps spans and log records.</summary>
/// <remarks>The numbers of the fields are those of <c>opentelemetry/proto</c>: <c>trace/v1/trace.proto</c> and <c>logs/v1/logs.proto</c>.</remarks>
public sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly ConcurrentQueue<OtlpSpan> _spans = new();
    private readonly ConcurrentQueue<OtlpLog> _logs = new();
    private readonly WebApplication _app;

    private OtlpReceiver(WebApplication app) => _app = app;

    /// <summary>Where services send to.</summary>
    public string Address => _app.Urls.Single();

    /// <summary>The spans so far, in the order in which they came.</summary>
    public IReadOnlyList<OtlpSpan> Spans => [.. _spans];

    /// <summary>The log records so far, in the order in which they came.</summary>
    public IReadOnlyList<OtlpLog> Logs => [.. _logs];

    /// <summary>Starts one on a free port.</summary>
    public static async Task<OtlpReceiver> StartAsync(CancellationToken cancellation)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var receiver = new OtlpReceiver(builder.Build());
        receiver._app.MapPost("/v1/traces", request => ReadAsync(request, receiver.TakeSpans));
        receiver._app.MapPost("/v1/logs", request => ReadAsync(request, receiver.TakeLogs));
        receiver._app.MapPost("/v1/metrics", _ => Task.CompletedTask);
        await receiver._app.StartAsync(cancellation);
        return receiver;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static async Task ReadAsync(HttpContext context, Action<ByteString> take) =>
        take(await ByteString.FromStreamAsync(context.Request.Body, context.RequestAborted));

    private void TakeSpans(ByteString request) => Take(request, (service, source, span) => _spans.Enqueue(
        new(service, source, Hex(span[1]), Hex(span[2]), Hex(span[4]), Text(span[5]), Attributes(span[9]))));

    private void TakeLogs(ByteString request) => Take(request, (service, category, log) => _logs.Enqueue(
        new(service, category, Hex(log[9]), Text(Fields(log[5].Single())[1]), Attributes(log[6]))));

    // A request holds resources, a resource scopes, and a scope the spans or records.
    private static void Take(ByteString request, Action<string, string, ILookup<int, ByteString>> take)
    {
        foreach (var resource in Fields(request)[1].Select(Fields))
        {
            var service = Attributes(Fields(resource[1].Single())[1])["service.name"].Single();
            foreach (var scope in resource[2].Select(Fields))
            {
                foreach (var item in scope[2])
                    take(service, Text(Fields(scope[1].Single())[1]), Fields(item));
            }
        }
    }

    private static ILookup<string, string> Attributes(IEnumerable<ByteString> attributes) =>
        attributes.Select(Fields).ToLookup(attribute => Text(attribute[1]), attribute => Text(Fields(attribute[2].Single())[1]));

    private static string Text(IEnumerable<ByteString> field) => field.SingleOrDefault(ByteString.Empty).ToStringUtf8();

    private static string Hex(IEnumerable<ByteString> field) => Convert.ToHexStringLower(field.SingleOrDefault(ByteString.Empty).Span);

    // The fields of a message that are texts, bytes or messages themselves.
    private static ILookup<int, ByteString> Fields(ByteString message)
    {
        var input = message.CreateCodedInput();
        var fields = new List<(int Number, ByteString Value)>();
        while (input.ReadTag() is var tag and not 0)
        {
            if (WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited)
                fields.Add((WireFormat.GetTagFieldNumber(tag), input.ReadBytes()));
            else
                input.SkipLastField();
        }

        return fields.ToLookup(field => field.Number, field => field.Value);
    }
}
