using MarketData.Domain.Adjustments;
using MarketData.Domain.Validation;

namespace MarketData.Enrichment.Pipeline;

/// <summary>An answer after the structural rules, in its place among what is stored.</summary>
/// <param name="Window">The range as it will be.</param>
/// <param name="Rejected">The bars set aside.</param>
/// <param name="Splits">The splits on record.</param>
/// <param name="HasTail">Whether stored candles follow the range.</param>
internal sealed record CheckedAnswer(CandleWindow Window, IReadOnlyList<RejectedBar> Rejected, IReadOnlyList<StockSplit> Splits, bool HasTail);
