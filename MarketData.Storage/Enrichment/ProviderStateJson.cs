using System.Text.Json.Serialization;

namespace MarketData.Storage.Enrichment;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ProviderState))]
internal sealed partial class ProviderStateJson : JsonSerializerContext;
