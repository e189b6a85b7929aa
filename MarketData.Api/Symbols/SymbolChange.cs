using MarketData.Api.Requests;

namespace MarketData.Api.Symbols;

/// <summary>What to change about a symbol; what is left out stays.</summary>
public sealed record SymbolChange
{
    /// <summary>Its name, up to 200 characters.</summary>
    [Text(200, MinimumLength = 1)]
    public string? Name { get; init; }

    /// <summary>Whether to enrich it.</summary>
    public bool? Active { get; init; }

    /// <summary>The intervals to enrich.</summary>
    [Timeframe, MinLength(1, ErrorMessage = "must hold at least one interval.")]
    public IReadOnlyList<string?>? Timeframes { get; init; }
}
