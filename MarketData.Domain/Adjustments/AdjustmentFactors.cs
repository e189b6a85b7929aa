using MarketData.Domain.Candles;

namespace MarketData.Domain.Adjustments;

/// <summary>
/// What prices of a date are divided and multiplied by so that they compare with today's: back-adjustment for splits, and for dividends where
/// asked. Without corporate actions the adjusted values are the traded ones, bit for bit.
/// </summary>
/// <remarks>
/// A split of <c>n</c> new shares for one divides earlier prices, and multiplies earlier volumes, by <c>n</c>. A cash dividend <c>D</c>
/// multiplies earlier prices by <c>1 − D/c</c>, <c>c</c> the close before the ex-date, as traded (the method of the Center for Research in
/// Security Prices).
/// </remarks>
public sealed class AdjustmentFactors
{
    // Ascending by date; the factors of an entry hold for the dates before it, up to the entry before.
    private readonly (DateOnly ExDate, double Split, double Dividend)[] _steps;

    private AdjustmentFactors((DateOnly, double, double)[] steps) => _steps = steps;

    /// <summary>No adjustment.</summary>
    public static AdjustmentFactors None { get; } = new([]);

    /// <summary>Whether nothing is ever adjusted.</summary>
    public bool IsEmpty => _steps.Length == 0;

    /// <summary>Factors for splits alone.</summary>
    public static AdjustmentFactors Of(IEnumerable<StockSplit> splits) => Of(splits, []);

    /// <summary>Factors for splits and dividends.</summary>
    /// <param name="splits">The splits, in any order.</param>
    /// <param name="dividends">
    /// Each dividend's ex-date, the amount per share, and the close before the ex-date, both as
    /// traded; one that is not below that close is left out.
    /// </param>
    public static AdjustmentFactors Of(
        IEnumerable<StockSplit> splits, IEnumerable<(DateOnly ExDate, double Amount, double CloseBefore)> dividends)
    {
        var actions = splits.Select(split => (split.ExDate, Split: split.Ratio, Dividend: 1.0))
            .Concat(dividends.Where(paid => paid.Amount < paid.CloseBefore).Select(paid => (paid.ExDate, Split: 1.0, Dividend: 1 - paid.Amount / paid.CloseBefore)))
            .OrderByDescending(action => action.ExDate);
        var steps = new List<(DateOnly, double, double)>();
        var (split, dividend) = (1.0, 1.0);
        foreach (var action in actions)
        {
            (split, dividend) = (split * action.Split, dividend * action.Dividend);
            if (steps.Count > 0 && steps[^1].Item1 == action.ExDate)
                steps.RemoveAt(steps.Count - 1);
            steps.Add((action.ExDate, split, dividend));
        }

        steps.Reverse();
        return steps.Count == 0 ? None : new AdjustmentFactors([.. steps]);
    }

    /// <summary>
    /// The factors for values of <paramref name="date"/>: prices are divided by the one and
    /// multiplied by the other, volumes multiplied by the first.
    /// </summary>
    public (double Split, double Dividend) On(DateOnly date)
    {
        foreach (var step in _steps)
        {
            if (date < step.ExDate)
                return (step.Split, step.Dividend);
        }

        return (1, 1);
    }

    /// <summary>The candle as it would be in today's shares. A bar belongs to the date on which it opens.</summary>
    public Candle Adjust(in Candle candle)
    {
        if (IsEmpty)
            return candle;
        var (split, dividend) = On(DateOnly.FromDateTime(candle.Timestamp));
        return candle with
        {
            Open = candle.Open / split * dividend,
            High = candle.High / split * dividend,
            Low = candle.Low / split * dividend,
            Close = candle.Close / split * dividend,
            Vwap = candle.Vwap / split * dividend,
            Volume = candle.Volume * split,
        };
    }

    /// <summary>Adjusts each of <paramref name="candles"/>, in place.</summary>
    public void Adjust(Span<Candle> candles)
    {
        if (IsEmpty)
            return;
        foreach (ref var candle in candles)
            candle = Adjust(candle);
    }
}
