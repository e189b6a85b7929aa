using System.Globalization;
using System.Text.Json.Nodes;

namespace MarketData.Chaos.Tests.ClientPromise;

/// <summary>What the API answered.</summary>
internal sealed record Answer(int Status, string Text, string? ETag)
{
    public JsonNode Body { get; } = Text.Length == 0 ? new JsonObject() : JsonNode.Parse(Text)!;

    /// <summary>The problem's code; null of what is none.</summary>
    public string? Code => Status >= 400 ? Body["code"]!.GetValue<string>() : null;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Status} {(Text.Length > 600 ? Text[..600] + "…" : Text)}");
}
