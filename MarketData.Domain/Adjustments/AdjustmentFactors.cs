using MarketData.Domain.Calendars;
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
    // Ascending; the factors of an entry hold for the dates before it, up to the entry before.
    private readonly Step[] _steps;

    // By their Monday, the weeks whose days are not all adjusted by the same factors, as those days make them up.
    private readonly Dictionary<DateOnly, Candle> _weeks;

    private AdjustmentFactors(Step[] steps, Dictionary<DateOnly, Candle> weeks) => (_steps, _weeks) = (steps, weeks);

    /// <summary>No adjustment.</summary>
    public static AdjustmentFactors None { get; } = new([], []);

    /// <summary>Whether nothing is ever adjusted.</summary>
    public bool IsEmpty => _steps.Length == 0;

    /// <summary>The Mondays of the weeks that begin before an action and end after it: one factor can't adjust them.</summary>
    public IReadOnlyList<DateOnly> DividedWeeks =>
    [
        .. _steps.Where(step => step.ExDate.DayOfWeek != DayOfWeek.Monday)
            .Select(step => TradingCalendar.MondayOf(step.ExDate))
            .Distinct(),
    ];

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
        var steps = new List<Step>();
        var (split, dividend) = (1.0, 1.0);
        foreach (var action in actions)
        {
            (split, dividend) = (split * action.Split, dividend * action.Dividend);
            if (steps.Count > 0 && steps[^1].ExDate == action.ExDate)
                steps.RemoveAt(steps.Count - 1);
            steps.Add(new(action.ExDate, action.ExDate.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc), split, dividend));
        }

        steps.Reverse();
        return steps.Count == 0 ? None : new AdjustmentFactors([.. steps], []);
    }

    /// <summary>
    /// The same factors for weekly candles, of which <see cref="DividedWeeks"/> are made of their days, each adjusted by itself.
    /// </summary>
    /// <param name="days">The days of those weeks, as traded, in order of time.</param>
    public AdjustmentFactors WithDays(IEnumerable<Candle> days) => new(
        _steps,
        days.Select(day => Adjust(day))
            .GroupBy(day => TradingCalendar.MondayOf(DateOnly.FromDateTime(day.Timestamp)))
            .ToDictionary(
                week => week.Key, week => Candle.Combine(week.Key.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc), week.ToArray())));

    /// <summary>
    /// The same factors for candles of an interval: an ex-date begins with its session, which may open before its midnight UTC.
    /// </summary>
    public AdjustmentFactors For(TradingCalendar calendar, BarInterval interval)
    {
        ArgumentNullException.ThrowIfNull(calendar);
        return IsEmpty || !interval.IsIntraday()
            ? this
            : new([.. _steps.Select(step => step with { Begin = calendar.BeginOf(step.ExDate, interval) })], _weeks);
    }

    /// <summary>
    /// The week that begins on a Monday, made of adjusted days; null where its own values are adjusted by the factors of that day.
    /// </summary>
    public Candle? Week(DateOnly monday) => _weeks.TryGetValue(monday, out var week) ? week : null;

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

    /// <summary>
    /// The factors for candles that open at an instant, as <see cref="On"/> gives them for a date, and the instants, from inclusive, until
    /// exclusive, between which they hold.
    /// </summary>
    public (double Split, double Dividend, DateTime From, DateTime Until) At(DateTime instant)
    {
        var from = DateTime.MinValue;
        foreach (var step in _steps)
        {
            if (instant < step.Begin)
                return (step.Split, step.Dividend, from, step.Begin);
            from = step.Begin;
        }

        return (1, 1, from, DateTime.MaxValue);
    }

    /// <summary>The candle as it would be in today's shares. A bar belongs to the date on which it opens.</summary>
    public Candle Adjust(in Candle candle)
    {
        if (IsEmpty)
            return candle;
        if (Week(DateOnly.FromDateTime(candle.Timestamp)) is { } week)
        {
            return candle with
            {
                Open = week.Open,
                High = week.High,
                Low = week.Low,
                Close = week.Close,
                Vwap = week.Vwap,
                Volume = week.Volume,
            };
        }

        var (split, dividend, _, _) = At(candle.Timestamp);
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

    // Of an ex-date, and the instant with which it begins.
    private readonly record struct Step(DateOnly ExDate, DateTime Begin, double Split, double Dividend);
}
