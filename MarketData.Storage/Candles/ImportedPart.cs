namespace MarketData.Storage.Candles;

/// <summary>The part of an import that a write stores.</summary>
/// <param name="Import">The import's name.</param>
/// <param name="Part">The beginning of its range, UTC.</param>
/// <param name="Kept">How many candles of it are none of <see cref="SeriesWrite.Rejected"/>, each instant counted once.</param>
public sealed record ImportedPart(string Import, DateTime Part, int Kept);
