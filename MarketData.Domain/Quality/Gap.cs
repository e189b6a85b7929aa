namespace MarketData.Domain.Quality;

/// <summary>A maximal run of expected candles that are missing.</summary>
/// <param name="Start">Opening instant of the first missing candle, UTC.</param>
/// <param name="End">Opening instant of the last missing candle, UTC.</param>
/// <param name="Missing">How many are missing, 1 or more.</param>
public readonly record struct Gap(DateTime Start, DateTime End, int Missing);
