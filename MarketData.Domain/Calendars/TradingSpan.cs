namespace MarketData.Domain.Calendars;

/// <summary>
/// A time of trading without a break, and the grid that intraday bars lie on. The grid begins at the regular opening: where trading opens
/// late, the bar that holds the opening began before it, and is a part bar.
/// </summary>
/// <param name="Grid">The instant from which bars count, UTC; at or before <paramref name="Start"/>.</param>
/// <param name="Start">First instant of trading, UTC.</param>
/// <param name="End">End of trading, UTC.</param>
public readonly record struct TradingSpan(DateTime Grid, DateTime Start, DateTime End)
{
    /// <summary>Whether there is no trading in it.</summary>
    public bool IsEmpty => Start == End;

    internal bool Contains(DateTime instant) => instant >= Start && instant < End;

    /// <summary>The opening instant of the first bar.</summary>
    internal DateTime FirstBar(long length) => Grid.AddTicks((Start - Grid).Ticks / length * length);

    internal bool IsBar(DateTime timestamp, long length) =>
        timestamp < End && timestamp >= FirstBar(length) && (timestamp - Grid).Ticks % length == 0;

    /// <summary>The first bar after <paramref name="timestamp"/>; at or after the end when there is none.</summary>
    internal DateTime BarAfter(DateTime timestamp, long length)
    {
        if (IsEmpty)
            return End;
        var first = FirstBar(length);
        return timestamp < first ? first : first.AddTicks((((timestamp - first).Ticks / length) + 1) * length);
    }

    /// <summary>The last bar before <paramref name="timestamp"/>, which must be after the first one.</summary>
    internal DateTime BarBefore(DateTime timestamp, long length)
    {
        var first = FirstBar(length);
        var reach = (timestamp < End ? timestamp : End) - first;
        return first.AddTicks((reach.Ticks - 1) / length * length);
    }

    /// <summary>How many bars open before <paramref name="instant"/>.</summary>
    internal long BarsBefore(DateTime instant, long length)
    {
        var reach = ((instant < End ? instant : End) - FirstBar(length)).Ticks;
        return IsEmpty || reach <= 0 ? 0 : (reach + length - 1) / length;
    }
}
