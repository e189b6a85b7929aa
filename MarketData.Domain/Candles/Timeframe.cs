using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace MarketData.Domain.Candles;

/// <summary>
/// How much time a bar covers: one of the <see cref="BarInterval"/>s, which are stored, or another length, whose bars are made of stored candles:
/// minutes and hours (<c>2h</c>), sessions (<c>3d</c>), weeks, months (<c>1M</c>), quarters (<c>1Q</c>) or a year (<c>1Y</c>).
/// </summary>
public sealed record Timeframe
{
    private const int MostMinutes = 720;
    private const int MinutesOfHour = 60;
    private const int DaysOfWeek = 7;
    private const int MostDaysOfMonth = 31;

    private static readonly BarInterval[] Intraday = [.. BarIntervals.All.Where(BarIntervals.IsIntraday).Reverse()];
    private static readonly Timeframe[] OfIntervals = [.. BarIntervals.All.Select(Made)];

    private Timeframe(TimeframeUnit unit, int count, string name) => (Unit, Count, Name) = (unit, count, name);

    /// <summary>What <see cref="Count"/> counts.</summary>
    public TimeframeUnit Unit { get; }

    /// <summary>How many units.</summary>
    public int Count { get; }

    /// <summary>The wire name: <c>2h</c>, <c>1M</c>. <c>m</c> are minutes and <c>M</c> months.</summary>
    public string Name { get; }

    /// <summary>The interval that it is, where that is stored; else null.</summary>
    public BarInterval? Stored { get; private init; }

    /// <summary>Whether several bars fit into one session or day.</summary>
    public bool IsIntraday => Unit == TimeframeUnit.Minute;

    /// <summary>The nominal length of an intraday bar; null for longer ones.</summary>
    public TimeSpan? Length => IsIntraday ? TimeSpan.FromMinutes(Count) : null;

    /// <summary>A stored interval whose candles are stamped alike: by their opening, or at 00:00 UTC of a date.</summary>
    public BarInterval Like => Stored ?? (IsIntraday ? BarInterval.FiveMinutes : BarInterval.OneDay);

    /// <summary>The stored intervals whose candles make up its bars; the first of them that there are candles of is the one to take.</summary>
    public IReadOnlyList<BarInterval> Sources => (Stored, Unit) switch
    {
        ({ } stored, _) => [stored],
        (_, TimeframeUnit.Minute) => [.. Intraday.Where(interval => Count % Minutes(interval) == 0)],
        (_, TimeframeUnit.Week) => [BarInterval.OneDay, BarInterval.OneWeek, .. Intraday],
        _ => [BarInterval.OneDay, .. Intraday],
    };

    /// <summary>The timeframe of a stored interval.</summary>
    public static Timeframe Of(BarInterval interval) => OfIntervals[(int)interval];

    /// <summary>How many candles of a stored interval one bar is made of at most.</summary>
    public int MostParts(BarInterval source)
    {
        // One more, since a break may cut a candle short.
        var ofDay = source.IsIntraday() ? (24 * MinutesOfHour / Minutes(source)) + 1 : 1;
        return Unit switch
        {
            TimeframeUnit.Minute => Count / Minutes(source),
            TimeframeUnit.Session => Count * ofDay,
            TimeframeUnit.Week => Count * (source == BarInterval.OneWeek ? 1 : DaysOfWeek * ofDay),
            _ => Count * MostDaysOfMonth * ofDay,
        };
    }

    /// <summary>Reads a wire name; case matters for <c>m</c> and <c>M</c> only, and <c>5M</c>, <c>15M</c> and <c>30M</c> are minutes.</summary>
    /// <returns>Whether <paramref name="text"/> names a timeframe.</returns>
    public static bool TryParse(string? text, [NotNullWhen(true)] out Timeframe? timeframe)
    {
        timeframe = BarIntervals.TryParse(text, out var stored) ? Of(stored) : null;
        if (timeframe is null && text is { Length: >= 2 and <= 4 }
            && int.TryParse(text.AsSpan(..^1), NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            timeframe = Made(text[^1], count);
        return timeframe is not null;
    }

    /// <summary>Reads a name that is known to be valid.</summary>
    /// <exception cref="FormatException"><paramref name="text"/> names no timeframe.</exception>
    public static Timeframe Parse(string text) =>
        TryParse(text, out var timeframe) ? timeframe : throw new FormatException($"'{text}' is no timeframe.");

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static Timeframe? Made(char unit, int count) => (unit, count) switch
    {
        ('m', > 0 and <= MostMinutes) when count % Minutes(BarInterval.FiveMinutes) == 0 => OfMinutes(count),
        ('h' or 'H', >= 2 and <= MostMinutes / MinutesOfHour) => OfMinutes(count * MinutesOfHour),
        ('d' or 'D', >= 2 and <= 30) => Made(TimeframeUnit.Session, count, count, 'd'),
        ('w' or 'W', >= 2 and <= 26) => Made(TimeframeUnit.Week, count, count, 'w'),
        ('M', 1 or 2 or 3 or 4 or 6 or 12) => Made(TimeframeUnit.Month, count, count, 'M'),
        ('q' or 'Q', 1 or 2) => Made(TimeframeUnit.Month, count * 3, count, 'Q'),
        ('y' or 'Y', 1) => Made(TimeframeUnit.Month, 12, count, 'Y'),
        _ => null,
    };

    private static Timeframe OfMinutes(int minutes) => Array.Find(OfIntervals, one => one.IsIntraday && one.Count == minutes)
        ?? (minutes % MinutesOfHour == 0
            ? Made(TimeframeUnit.Minute, minutes, minutes / MinutesOfHour, 'h')
            : Made(TimeframeUnit.Minute, minutes, minutes, 'm'));

    private static Timeframe Made(BarInterval interval)
    {
        var (unit, count) = interval switch
        {
            BarInterval.OneDay => (TimeframeUnit.Session, 1),
            BarInterval.OneWeek => (TimeframeUnit.Week, 1),
            _ => (TimeframeUnit.Minute, Minutes(interval)),
        };
        return new(unit, count, interval.Name()) { Stored = interval };
    }

    private static Timeframe Made(TimeframeUnit unit, int count, int shown, char letter) =>
        new(unit, count, string.Create(CultureInfo.InvariantCulture, $"{shown}{letter}"));

    private static int Minutes(BarInterval interval) => (int)interval.Length().TotalMinutes;
}
