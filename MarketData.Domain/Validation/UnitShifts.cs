using MarketData.Domain.Candles;

namespace MarketData.Domain.Validation;

/// <summary>
/// Finds stretches of up to <see cref="LongestSessions"/> sessions at ten, a hundred or a thousand times the level on both of their sides,
/// or at such a part of it: prices in another unit.
/// </summary>
internal static class UnitShifts
{
    /// <summary>The longest stretch, in sessions: what lasts longer is another level.</summary>
    public const int LongestSessions = 20;

    private const int LargestPower = 3;

    // On each side of a stretch; with it, no more than scoring looks back and ahead.
    private const int SideCandles = 30;

    // What the price may do beside the change of unit between two candles.
    private static readonly double Tolerance = Math.Log(1.25);
    private static readonly double Ten = Math.Log(10);

    /// <summary>What a candle is in view of the changes of unit around it.</summary>
    public enum Place
    {
        /// <summary>Not beside any.</summary>
        None,

        /// <summary>Within a stretch that both sides show to be in another unit.</summary>
        Shifted,

        /// <summary>The first after such a stretch.</summary>
        Return,

        /// <summary>The first at a level that stays, as far as the candles go.</summary>
        Edge,
    }

    /// <summary>Whether one candle to the next is, but for an ordinary change, a change of unit.</summary>
    /// <param name="change">The logarithm of one close over the other.</param>
    public static bool IsChange(double change) => Power(change) != 0;

    /// <summary>The place of each candle; null when there is no change of unit among them.</summary>
    /// <param name="candles">The candles, adjusted for splits, in order of time.</param>
    /// <param name="returns">Element i is ln(close i / close i−1).</param>
    /// <param name="context">Their calendar.</param>
    public static Place[]? Find(ReadOnlySpan<Candle> candles, ReadOnlySpan<double> returns, ScoringContext context)
    {
        var stretches = Stretches(candles, returns, context);
        if (stretches.Count == 0)
            return null;
        var places = new Place[candles.Length];
        foreach (var (start, end, power, sessions) in stretches)
        {
            if (sessions <= LongestSessions && IsAwayFromSides(candles, start, end))
            {
                places.AsSpan(start..end).Fill(Place.Shifted);
                places[end] = Place.Return;
            }
            else if (places[start] == Place.None && Math.Abs(power) > 1)
            {
                // By ten, a split is likelier.
                places[start] = Place.Edge;
            }
        }

        return places;
    }

    // From each change of unit to the next, and its length where that one takes it back.
    private static List<(int Start, int End, int Power, long? Sessions)> Stretches(
        ReadOnlySpan<Candle> candles, ReadOnlySpan<double> returns, ScoringContext context)
    {
        var stretches = new List<(int Start, int End, int Power, long? Sessions)>();
        for (var i = 1; i < returns.Length; i++)
        {
            if (Power(returns[i]) is not (not 0 and var power))
                continue;
            if (stretches.Count > 0)
                stretches[^1] = Closed(stretches[^1], i, power, candles, context);
            stretches.Add((i, returns.Length, power, null));
        }

        return stretches;
    }

    private static (int, int, int, long?) Closed(
        (int Start, int End, int Power, long? Sessions) open, int end, int power, ReadOnlySpan<Candle> candles, ScoringContext context)
    {
        var sessions = context.Calendar.CountExpected(candles[open.Start].Timestamp.Date, candles[end].Timestamp.Date, BarInterval.OneDay);
        return (open.Start, end, open.Power, power == -open.Power ? sessions : null);
    }

    // Where levels change to and fro, those of a stretch's two sides taken together tell which is the usual one.
    private static bool IsAwayFromSides(ReadOnlySpan<Candle> candles, int start, int end)
    {
        var (first, last) = (Math.Max(0, start - SideCandles), Math.Min(candles.Length, end + SideCandles));
        var sides = new double[start - first + last - end];
        for (var i = first; i < start; i++)
            sides[i - first] = candles[i].Close;
        for (var i = end; i < last; i++)
            sides[start - first + i - end] = candles[i].Close;
        Array.Sort(sides);
        return Math.Round(Math.Log(candles[start].Close / sides[sides.Length / 2]) / Ten) != 0;
    }

    // 1 for ten times as much, −2 for a hundredth, 0 for neither.
    private static int Power(double change)
    {
        var power = (int)Math.Round(change / Ten);
        return power != 0 && Math.Abs(power) <= LargestPower && Math.Abs(change - power * Ten) <= Tolerance ? power : 0;
    }
}
