using MarketData.Storage.Enrichment;

namespace MarketData.Enrichment.Pipeline;

/// <summary>A range of a series that is fetched, computed and committed as one.</summary>
/// <param name="From">Start, UTC, inclusive.</param>
/// <param name="To">End, UTC, exclusive.</param>
/// <param name="Backfill">The backfill that it is part of; null otherwise.</param>
/// <param name="TimesAsked">For missing candles asked for again: how often they were before, so that each provider gets its turn.</param>
internal sealed record Portion(DateTime From, DateTime To, Backfill? Backfill = null, int TimesAsked = 0);
