namespace MarketData.Storage.Candles;

/// <summary>A candle of a write that is not on record as it is.</summary>
/// <param name="Index">Its place in the write.</param>
/// <param name="IsNew">There is none at its instant.</param>
/// <param name="IsRevised">The one at its instant has other values. Neither: it is judged otherwise, or another provider's.</param>
internal readonly record struct CandleChange(int Index, bool IsNew, bool IsRevised);
