namespace MarketData.Storage.Candles;

/// <summary>What became of the candles of a write.</summary>
/// <param name="Inserted">Candles that were not there.</param>
/// <param name="Updated">Candles whose values changed; the old values are in <c>candle_revisions</c>.</param>
/// <param name="Rescored">Candles of which only the score, the notes or the source changed.</param>
/// <param name="Unchanged">Candles that were there as they are; nothing was written for them.</param>
public sealed record WriteResult(long Inserted, long Updated, long Rescored, long Unchanged)
{
    /// <summary>Whether the connection broke before the server could say that it is committed, and it is.</summary>
    public bool AnswerWasLost { get; init; }
}
