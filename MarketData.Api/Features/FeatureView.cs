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

    /// <summary>The candle's fields that it is computed from.</summary>
    public required IReadOnlyList<string> Inputs { get; init; }

    /// <summary>Its formula in one line.</summary>
    public required string Definition { get; init; }

    /// <summary>Where the formula is from.</summary>
    public required string Source { get; init; }

    /// <summary>Whether it is computed for crypto pairs only.</summary>
    public required bool CryptoOnly { get; init; }
}
