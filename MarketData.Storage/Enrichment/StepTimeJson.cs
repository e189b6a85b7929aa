using System.Text.Json.Serialization;

namespace MarketData.Storage.Enrichment;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(IReadOnlyCollection<StepTime>))]
internal sealed partial class StepTimeJson : JsonSerializerContext;
