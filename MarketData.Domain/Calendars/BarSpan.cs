namespace MarketData.Domain.Calendars;

/// <summary>A bar that is made of stored candles.</summary>
/// <param name="Stamp">Its opening instant, UTC; for bars of days, weeks and months 00:00 UTC of the first date.</param>
/// <param name="From">It is made of the candles that open from this instant on, UTC, …</param>
/// <param name="Until">… and before this one.</param>
public readonly record struct BarSpan(DateTime Stamp, DateTime From, DateTime Until)
{
    /// <summary>Whether a candle that opens at <paramref name="timestamp"/> is part of it.</summary>
    public bool Contains(DateTime timestamp) => timestamp >= From && timestamp < Until;
}
