namespace MarketData.Api.Features;

/// <summary>A feature and what it is.</summary>
public sealed record FeatureView
{
    /// <summary>Its name, as in <c>features</c> and in the columns of exports.</summary>
    public required string Name { get; init; }

    /// <summary>Grows whenever its formula changes.</summary>
    public required int Version { get; init; }

    /// <summary><c>number</c> or <c>text</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Candles before the first value.</summary>
    public required int WarmUp { get; init; }
}
