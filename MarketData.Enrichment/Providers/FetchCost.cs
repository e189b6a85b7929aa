namespace MarketData.Enrichment.Providers;

/// <summary>What a fetch would take of a provider, estimated by its paging before anything is asked.</summary>
/// <param name="From">
/// The start of what it serves of the range, UTC: later than asked where its history begins later; at or after the range's end where it serves
/// nothing of it.
/// </param>
/// <param name="Requests">Requests, 0 or more, each page and what must be asked beside.</param>
public readonly record struct FetchCost(DateTime From, int Requests)
{
    /// <summary>How many pages hold so many bars: one at least, since an empty answer takes one, too.</summary>
    public static int Pages(double bars, int pageSize) => Math.Max(1, (int)Math.Ceiling(bars / pageSize));
}
