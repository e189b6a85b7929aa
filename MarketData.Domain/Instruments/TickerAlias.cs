namespace MarketData.Domain.Instruments;

/// <summary>What a provider calls a symbol over a range of days.</summary>
/// <param name="Provider">The provider.</param>
/// <param name="Ticker">Its name for the symbol, as it writes it.</param>
/// <param name="From">The first day; null since ever.</param>
/// <param name="To">The last day; null to this day.</param>
/// <param name="Source">Who says so.</param>
public sealed record TickerAlias(string Provider, string Ticker, DateOnly? From, DateOnly? To, AliasSource Source)
{
    /// <summary>Whether it speaks of a day.</summary>
    public bool Covers(DateOnly day) => !(From > day) && !(To < day);
}
