using MarketData.Domain.Candles;

namespace MarketData.Domain.Validation;

/// <summary>The soft rules: candles are kept, and scored down for what is odd about them. The same candles always score the same.</summary>
public static class CandleScorer
{
    /// <summary>Candles before the first one scored that the rules look back to.</summary>
    public const int LookBack = ReturnWindow + 2;

    /// <summary>Candles after the last one scored that the rules look ahead to.</summary>
    public const int LookAhead = ReturnWindow + 1;

    private const int ReturnWindow = 50;
    private const int FewestReturns = 20;
    private const int VolumeWindow = 20;
    private const double LeastJump = 0.10;
    private const double JumpSigmas = 10;
    private const double NormalConsistency = 1.4826;
    private const double SplitTolerance = 0.03;
    private const int LargestSplit = 20;
    private const double VolumeRatio = 10;
    private const int LongGapSessions = 60;
    private static readonly double OtherLevel = Math.Log(1.5);

    /// <summary>Scores candles that passed the structural rules.</summary>
    /// <param name="before">
    /// The candles stored just before, in time order, at least <see cref="LookBack"/> where there are so many; empty at a series' begin.
    /// </param>
    /// <param name="candles">The candles to score, in time order, after <paramref name="before"/>.</param>
    /// <param name="after">
    /// The candles stored just after, in time order, at least <see cref="LookAhead"/> where there are so many: a stretch in another unit
    /// is known by them, and the first candles of a series are judged by them.
    /// </param>
    /// <param name="context">What else the rules need to know.</param>
    public static ScoredCandle[] Score(
        ReadOnlySpan<Candle> before, ReadOnlySpan<Candle> candles, ReadOnlySpan<Candle> after, ScoringContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Candle[] all = [.. before, .. candles, .. after];
        context.Splits.Adjust(all);
        var returns = LogReturns(all);
        var places = UnitShifts.Find(all, returns, context);
        var result = new ScoredCandle[candles.Length];
        for (var i = 0; i < candles.Length; i++)
        {
            var issues = Check(all, returns, before.Length + i, places?[before.Length + i] ?? UnitShifts.Place.None, context);
            result[i] = new ScoredCandle(candles[i], issues, ValidationRules.Score(issues));
        }

        return result;
    }

    /// <summary>
    /// Whether the unit of the price changes among candles: how they are scored depends then on those of twenty sessions around.
    /// </summary>
    /// <param name="candles">Candles as traded, in time order.</param>
    /// <param name="context">What else the rules need to know.</param>
    public static bool ChangesUnit(ReadOnlySpan<Candle> candles, ScoringContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Candle[] all = [.. candles];
        context.Splits.Adjust(all);
        return Array.Exists(LogReturns(all), UnitShifts.IsChange);
    }

    private static CandleIssues Check(
        ReadOnlySpan<Candle> candles, ReadOnlySpan<double> returns, int i, UnitShifts.Place place, ScoringContext context)
    {
        ref readonly var candle = ref candles[i];
        var issues = context.IsFallback ? CandleIssues.FallbackSource : CandleIssues.None;
        if (candle.Volume == 0 && context.ExpectsVolume)
            issues |= CandleIssues.ZeroVolume;
        if (context.OtherCloses.TryGetValue(candle.Timestamp, out var other) && Math.Abs(candle.Close / other - 1) > ProviderDifference.Tolerance)
            issues |= CandleIssues.ProviderDisagreement;
        if (i == 0)
            return issues;

        ref readonly var previous = ref candles[i - 1];
        if (context.Calendar.IsMissingBetween(previous.Timestamp, candle.Timestamp, context.Interval))
            issues |= CandleIssues.GapBefore;
        if (IsFlat(candle) && IsFlat(previous) && candle.Close == previous.Close)
            issues |= CandleIssues.FlatRepeat;
        if (IsOddVolume(candles, i))
            issues |= CandleIssues.VolumeAnomaly;
        return issues | Jump(candles, returns, i, place, context);
    }

    private static CandleIssues Jump(
        ReadOnlySpan<Candle> candles, ReadOnlySpan<double> returns, int i, UnitShifts.Place place, ScoringContext context)
    {
        if (Math.Abs(returns[i]) > OtherLevel && IsLongGap(candles[i - 1].Timestamp, candles[i].Timestamp, context))
            return CandleIssues.PossibleTickerReuse;
        if (place is UnitShifts.Place.Shifted or UnitShifts.Place.Edge)
            return CandleIssues.UnitShift;
        if (place == UnitShifts.Place.Return || !IsJump(returns, i))
            return CandleIssues.None;
        return IsSplitRatio(candles[i].Open / candles[i - 1].Close) ? CandleIssues.SuspectedSplit : CandleIssues.PriceAnomaly;
    }

    private static bool IsLongGap(DateTime before, DateTime after, ScoringContext context) =>
        (after - before).TotalDays > LongGapSessions
        && context.Calendar.CountExpected(before.Date.AddDays(1), after.Date, BarInterval.OneDay) > LongGapSessions;

    // Element i is ln(close i / close i−1); element 0 is unused.
    private static double[] LogReturns(ReadOnlySpan<Candle> candles)
    {
        var returns = new double[candles.Length];
        for (var i = 1; i < candles.Length; i++)
            returns[i] = Math.Log(candles[i].Close / candles[i - 1].Close);
        return returns;
    }

    private static bool IsJump(ReadOnlySpan<double> returns, int i)
    {
        var size = Math.Abs(returns[i]);
        if (size <= LeastJump)
            return false;
        // By the habit before; at the beginning of a series by the one that follows, once it shows.
        var habit = returns[Math.Max(1, i - ReturnWindow)..i];
        if (habit.Length < FewestReturns)
            habit = returns[(i + 1)..Math.Min(returns.Length, i + 1 + ReturnWindow)];
        if (habit.Length < FewestReturns)
            return false;
        Span<double> window = stackalloc double[habit.Length];
        habit.CopyTo(window);
        return size > Math.Max(JumpSigmas * NormalConsistency * MedianAbsoluteDeviation(window), LeastJump);
    }

    private static bool IsSplitRatio(double overnight)
    {
        if (IsNear(overnight, 2.0 / 3) || IsNear(overnight, 3.0 / 2))
            return true;
        for (var n = 2; n <= LargestSplit; n++)
        {
            if (IsNear(overnight, n) || IsNear(overnight, 1.0 / n))
                return true;
        }

        return false;
    }

    private static bool IsNear(double ratio, double expected) => Math.Abs(ratio / expected - 1) <= SplitTolerance;

    private static bool IsOddVolume(ReadOnlySpan<Candle> candles, int i)
    {
        if (i < VolumeWindow)
            return false;
        var volume = candles[i].Volume;
        var window = candles[(i - VolumeWindow)..i];

        // A median ten times smaller or larger needs half the window to be so: that is quick to see, and seldom the case.
        var (farBelow, farAbove) = (0, 0);
        foreach (ref readonly var candle in window)
        {
            farBelow += candle.Volume * VolumeRatio < volume ? 1 : 0;
            farAbove += candle.Volume > volume * VolumeRatio ? 1 : 0;
        }

        if (farBelow < VolumeWindow / 2 && farAbove < VolumeWindow / 2)
            return false;
        Span<double> volumes = stackalloc double[VolumeWindow];
        for (var k = 0; k < VolumeWindow; k++)
            volumes[k] = window[k].Volume;
        var median = Median(volumes);
        return volume > VolumeRatio * median || volume * VolumeRatio < median;
    }

    private static bool IsFlat(in Candle candle) => candle.Open == candle.High && candle.High == candle.Low && candle.Low == candle.Close;

    private static double MedianAbsoluteDeviation(Span<double> values)
    {
        var median = Median(values);
        foreach (ref var value in values)
            value = Math.Abs(value - median);
        return Median(values);
    }

    private static double Median(Span<double> values)
    {
        values.Sort();
        var middle = values.Length / 2;
        return values.Length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }
}
