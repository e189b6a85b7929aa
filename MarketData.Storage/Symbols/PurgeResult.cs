namespace MarketData.Storage.Symbols;

/// <summary>What came of deleting a symbol with its data.</summary>
/// <param name="IsBusy">True: a job of it is queued or running, so nothing was deleted.</param>
/// <param name="CandlesDeleted">Candles deleted.</param>
public sealed record PurgeResult(bool IsBusy, long CandlesDeleted);
