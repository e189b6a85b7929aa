namespace MarketData.Simulator.Market;

/// <summary>
/// A share split, or a spin-off that moves the price as one does: from the opening of <paramref name="Date"/> on, <paramref name="To"/> shares
/// stand for <paramref name="From"/> before. Yahoo lists it so; Polygon may list it otherwise.
/// </summary>
internal sealed record ListedSplit(DateOnly Date, int From, int To)
{
    /// <summary>By how much the number of shares grows and the price falls.</summary>
    public double Ratio => (double)To / From;

    /// <summary>Whether it is a spin-off rather than a split: its ratio is that of prices.</summary>
    public bool IsSpinOff => From >= 100;

    /// <summary>The days on which Polygon lists it; null for <see cref="Date"/> alone, none where it does not list it.</summary>
    public IReadOnlyList<DateOnly>? PolygonDates { get; init; }

    /// <summary>The day since which Polygon lists it on <see cref="Date"/> after all; null where it never corrected itself.</summary>
    public DateOnly? CorrectedOn { get; init; }

    /// <summary>The days on which Polygon lists it, asked on <paramref name="today"/>.</summary>
    public IReadOnlyList<DateOnly> DatesAtPolygon(DateOnly today) => PolygonDates is { } dates && !(today >= CorrectedOn) ? dates : [Date];
}
