namespace MarketData.Domain.Candles;

/// <summary>A symbol together with what it is.</summary>
/// <param name="Symbol">The instrument's name.</param>
/// <param name="AssetClass">What it is; it decides calendar and providers.</param>
public readonly record struct Instrument(Symbol Symbol, AssetClass AssetClass);
