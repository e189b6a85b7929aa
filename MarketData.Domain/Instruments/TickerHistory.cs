namespace MarketData.Domain.Instruments;

/// <summary>Which of its names a provider is asked by, day for day. Days change at midnight UTC.</summary>
/// <remarks>
/// Of each day the first source that speaks of it counts, in the order of <see cref="AliasSource"/>, and of what it says the latest change. A
/// provider's record of changes begins with
/// the name that the symbol was listed under: it holds for the days before, too, where no other source speaks of them. A day of which none speaks
/// has the present name.
/// </remarks>
public static class TickerHistory
{
    private static readonly DateTime Beginning = DateTime.SpecifyKind(DateTime.MinValue, DateTimeKind.Utc);
    private static readonly DateTime End = DateTime.SpecifyKind(DateTime.MaxValue, DateTimeKind.Utc);

    /// <summary>The range in periods of one name each, in order of time.</summary>
    /// <param name="aliases">One provider's names for the symbol, in any order.</param>
    /// <param name="present">What the provider calls the symbol by its rules.</param>
    /// <param name="from">Start, UTC, inclusive.</param>
    /// <param name="to">End, UTC, exclusive.</param>
    public static IReadOnlyList<TickerPeriod> Split(IReadOnlyCollection<TickerAlias> aliases, string present, DateTime from, DateTime to)
    {
        ArgumentNullException.ThrowIfNull(aliases);
        if (aliases.Count == 0)
            return [new TickerPeriod(present, from, to)];
        var periods = new List<TickerPeriod>();
        DateTime[] starts = [from, .. Borders(aliases).Where(border => border > from && border < to)];
        for (var i = 0; i < starts.Length; i++)
        {
            var end = i + 1 < starts.Length ? starts[i + 1] : to;
            var ticker = On(aliases, present, DateOnly.FromDateTime(starts[i]));
            if (periods.Count > 0 && periods[^1].Ticker == ticker)
                periods[^1] = periods[^1] with { To = end };
            else
                periods.Add(new TickerPeriod(ticker, starts[i], end));
        }

        return periods;
    }

    /// <summary>The instants at which the name changes, UTC, ascending.</summary>
    /// <param name="aliases">One provider's names for the symbol, in any order.</param>
    /// <param name="present">What the provider calls the symbol by its rules.</param>
    public static IEnumerable<DateTime> Changes(IReadOnlyCollection<TickerAlias> aliases, string present) =>
        Split(aliases, present, DateTime.UnixEpoch, End).Skip(1).Select(period => period.From);

    /// <summary>The days on which the name is another than it was held to be, in order of time.</summary>
    /// <param name="before">One provider's names for the symbol as they were on record, in any order.</param>
    /// <param name="now">As they are.</param>
    /// <param name="present">What the provider calls the symbol by its rules.</param>
    /// <returns>Ranges of instants, UTC, from inclusive, to exclusive.</returns>
    public static IReadOnlyList<(DateTime From, DateTime To)> Corrections(
        IReadOnlyCollection<TickerAlias> before, IReadOnlyCollection<TickerAlias> now, string present)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(now);
        var ranges = new List<(DateTime From, DateTime To)>();
        DateTime[] starts = [Beginning, .. Borders([.. before, .. now])];
        for (var i = 0; i < starts.Length; i++)
        {
            var (day, end) = (DateOnly.FromDateTime(starts[i]), i + 1 < starts.Length ? starts[i + 1] : End);
            if (On(before, present, day) == On(now, present, day))
                continue;
            if (ranges.Count > 0 && ranges[^1].To == starts[i])
                ranges[^1] = (ranges[^1].From, end);
            else
                ranges.Add((starts[i], end));
        }

        return ranges;
    }

    private static string On(IReadOnlyCollection<TickerAlias> aliases, string present, DateOnly day) =>
        (aliases.Where(alias => alias.Covers(day)).OrderBy(alias => alias.Source).ThenByDescending(alias => alias.From).FirstOrDefault()
            ?? ListedAs(aliases, day))?.Ticker ?? present;

    private static TickerAlias? ListedAs(IReadOnlyCollection<TickerAlias> aliases, DateOnly day) =>
        aliases.Where(alias => alias.Source == AliasSource.TickerEvents).MinBy(alias => alias.From) is { } first && first.From > day ? first : null;

    private static IEnumerable<DateTime> Borders(IReadOnlyCollection<TickerAlias> aliases) =>
        aliases.SelectMany(alias => new[] { alias.From, alias.To?.AddDays(1) })
            .OfType<DateOnly>()
            .Select(day => day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc))
            .Distinct()
            .Order();
}
