namespace MarketData.Api.Symbols;

/// <summary>A symbol to follow from now on.</summary>
public sealed record NewSymbol
{
    /// <summary>1 to 20 of <c>A–Z 0–9 . - ^ =</c>; upper-cased.</summary>
    public string? Symbol { get; init; }

    /// <summary><c>stock</c>, <c>etf</c> or <c>crypto</c>.</summary>
    public string? AssetClass { get; init; }

    /// <summary>Its name, up to 200 characters.</summary>
    public string? Name { get; init; }

    /// <summary>The intervals to enrich; <c>["1d"]</c> when left out.</summary>
    public IReadOnlyList<string?>? Timeframes { get; init; }
}
