using System.Text.Json.Serialization;

namespace MarketData.Storage.Enrichment;

/// <summary>Time that an attempt spent in one step for one interval, kept with the attempt.</summary>
/// <param name="Step"><c>fetch</c>, <c>validate</c>, <c>compute</c>, <c>score</c> or <c>store</c>.</param>
/// <param name="Timeframe">The interval.</param>
/// <param name="Ms">Milliseconds.</param>
public sealed record StepTime(string Step, string Timeframe, double Ms);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(IReadOnlyCollection<StepTime>))]
internal sealed partial class StepTimeJson : JsonSerializerContext;
