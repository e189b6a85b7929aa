using System.Text.Json;

namespace MarketData.Web.Live;

/// <summary>A change that the Api reported.</summary>
/// <param name="Id">Its place in the stream; a reconnect resumes after the last one seen.</param>
/// <param name="Kind">What changed: <c>run</c>, <c>job</c>, <c>circuit</c>, <c>scheduler</c> or <c>quality</c>.</param>
/// <param name="Payload">The changed thing as JSON.</param>
public sealed record ApiEvent(string? Id, string Kind, JsonElement Payload)
{
    /// <summary>A text field of the payload; null when it is absent or not text.</summary>
    public string? Text(string name) =>
        Payload.ValueKind == JsonValueKind.Object && Payload.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    /// <summary>A whole number of the payload; null when it is absent or none.</summary>
    public long? Number(string name) =>
        Payload.ValueKind == JsonValueKind.Object && Payload.TryGetProperty(name, out var value)
            && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number)
            ? number
            : null;
}
