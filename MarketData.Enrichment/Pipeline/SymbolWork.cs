using MarketData.Domain.Candles;

namespace MarketData.Enrichment.Pipeline;

/// <summary>Enriches one interval of a job's symbol; returns when everything is stored.</summary>
/// <param name="progress">The job, and where its steps are noted.</param>
/// <param name="interval">The interval.</param>
/// <param name="cancellation">Ends the work when the claim is lost or the node stops.</param>
public delegate Task SymbolWork(JobProgress progress, BarInterval interval, CancellationToken cancellation);
