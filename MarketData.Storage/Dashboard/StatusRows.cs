namespace MarketData.Storage.Dashboard;

/// <summary>What <see cref="SystemReader.ReadStatusAsync"/> reads.</summary>
/// <param name="Database">The database.</param>
/// <param name="Scheduler">The scheduler and its nodes.</param>
/// <param name="Symbols">Symbols in all.</param>
/// <param name="ActiveSymbols">Those that are enriched.</param>
/// <param name="DataAgeSeconds">Seconds since the newest candle opened; null when there is none.</param>
public sealed record StatusRows(DatabaseInfo Database, SchedulerRow Scheduler, long Symbols, long ActiveSymbols, double? DataAgeSeconds);
