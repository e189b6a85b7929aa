namespace MarketData.Storage.Enrichment;

/// <summary>A range of a series that is fetched in chunks: a row of <c>backfill_state</c>.</summary>
/// <param name="From">Start, UTC, inclusive.</param>
/// <param name="To">End, UTC, exclusive.</param>
/// <param name="Reached">Everything before this instant is stored; null when nothing is yet.</param>
/// <param name="Distrusts">Whose candles of the range give way to any other's, since they came under another instrument's name; null: nobody's.</param>
public sealed record Backfill(DateTime From, DateTime To, DateTime? Reached, string? Distrusts)
{
    /// <summary>Where to go on.</summary>
    public DateTime Next => Reached ?? From;
}
