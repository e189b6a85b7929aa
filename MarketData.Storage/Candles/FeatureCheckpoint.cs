namespace MarketData.Storage.Candles;

/// <summary>Where the computation of a series' features can be taken up.</summary>
/// <param name="IsAdjusted">Whether it is over adjusted candles, rather than over those traded.</param>
/// <param name="Ts">Opening instant of the last candle in it, UTC.</param>
/// <param name="Candles">How many candles of the series are in it.</param>
/// <param name="State">The state of the engine.</param>
public sealed record FeatureCheckpoint(bool IsAdjusted, DateTime Ts, int Candles, byte[] State);
