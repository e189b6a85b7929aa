namespace MarketData.Enrichment.Providers.Wire;

/// <summary>A point in a <see cref="CandleBuffer"/> to roll back to.</summary>
/// <param name="Candles">Bars held then.</param>
/// <param name="Rejected">Rejected rows then.</param>
/// <param name="NullRows">Rows without prices then.</param>
public readonly record struct CandleBufferMark(int Candles, int Rejected, int NullRows);
