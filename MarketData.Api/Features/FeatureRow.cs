using System.Text.Json;

namespace MarketData.Api.Features;

/// <summary>The features of one candle.</summary>
public sealed record FeatureRow
{
    /// <summary>Opening instant of the candle, UTC.</summary>
    public required DateTime Timestamp { get; init; }

    /// <summary>Feature values by name: numbers, or text for <c>trend_direction</c> and <c>market_structure</c>; null where the window is not full.</summary>
    public required IReadOnlyDictionary<string, JsonElement> Features { get; init; }
}
