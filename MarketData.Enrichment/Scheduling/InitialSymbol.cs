using MarketData.Domain.Candles;

namespace MarketData.Enrichment.Scheduling;

/// <summary>A symbol that an empty database begins with.</summary>
/// <param name="Instrument">The symbol and its class.</param>
/// <param name="Intervals">The intervals to track, at least one.</param>
/// <param name="Name">The instrument's full name, where known.</param>
public sealed record InitialSymbol(Instrument Instrument, IReadOnlyList<BarInterval> Intervals, string? Name = null);
