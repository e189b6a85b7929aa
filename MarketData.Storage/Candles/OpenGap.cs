namespace MarketData.Storage.Candles;

/// <summary>Missing candles that are due to be asked for again.</summary>
/// <param name="Start">Opening instant of the first missing candle, UTC.</param>
/// <param name="End">Opening instant of the last missing candle, UTC.</param>
/// <param name="AskedCount">How often they were asked for again already.</param>
public sealed record OpenGap(DateTime Start, DateTime End, int AskedCount);
