using System.Text.Encodings.Web;
using System.Text.Json;

namespace MarketData.Simulator;

/// <summary>JSON as the providers write it: compact, and with only what must be escaped escaped.</summary>
internal static class WireJson
{
    private const int FlushEvery = 32 * 1024;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A writer onto the response's body.</summary>
    public static Utf8JsonWriter Writer(HttpResponse response) => new(response.BodyWriter, Options);

    /// <summary>Sends what has been written, once there is enough of it, so that long answers stream.</summary>
    public static async ValueTask FlushWhenFullAsync(this Utf8JsonWriter json, HttpContext context)
    {
        if (json.BytesPending + context.Response.BodyWriter.UnflushedBytes > FlushEvery)
        {
            await json.FlushAsync(context.RequestAborted);
            await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
        }
    }
}
