namespace MarketData.Api.Features;

/// <summary>A symbol's features alone.</summary>
public sealed record FeaturePage
{
    /// <summary>The symbol.</summary>
    public required string Symbol { get; init; }

    /// <summary>The interval.</summary>
    public required string Timeframe { get; init; }

    /// <summary>The features of each candle, oldest first.</summary>
    public required IReadOnlyList<FeatureRow> Features { get; init; }

    /// <summary>Where the next page begins; null on the last one.</summary>
    public string? NextCursor { get; init; }
}
