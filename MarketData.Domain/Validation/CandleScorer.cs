using MarketData.Domain.Candles;

namespace MarketData.Domain.Validation;

/// <summary>The soft rules: candles are kept, and scored down for what is odd about them. The same candles always score the same.</summary>
public static class CandleScorer
{
    /// <summary>Candles before the first one scored that the rules look back to.</summary>
    public const int LookBack = ReturnWindow + 2;

    private const int ReturnWindow = 50;
    private const int FewestReturns = 20;
    private const int VolumeWindow = 20;
    private const double LeastJump = 0.10;
    private const double JumpSigmas = 10;
    private const double NormalConsistency = 1.4826;
    private const double SplitTolerance = 0.03;
    private const int LargestSplit = 20;
    private const double VolumeRatio = 10;
    private const double CloseTolerance = 0.005;

    /// <summary>Scores candles that passed the structural rules.</summary>
    /// <param name="before">
    /// The candles stored just before, in time order, at least <see cref="LookBack"/> where there are so many; empty at a series' begin.
    /// </param>
    /// <param name="candles">The candles to score, in time order, after <paramref name="before"/>.</param>
    /// <param name="context">What else the rules need to know.</param>
    public static ScoredCandle[] Score(ReadOnlySpan<Candle> before, ReadOnlySpan<Candle> candles, ScoringContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Candle[] all = [.. before, .. candles];
        context.Splits.Adjust(all);
        var returns = LogReturns(all);
        var result = new ScoredCandle[candles.Length];
        for (var i = 0; i < candles.Length; i++)
        {
            var issues = Check(all, returns, before.Length + i, context);
            result[i] = new ScoredCandle(candles[i], issues, ValidationRules.Score(issues));
        }

        return result;
    }

    private static CandleIssues Check(ReadOnlySpan<Candle> candles, ReadOnlySpan<double> returns, int i, ScoringContext context)
    {
        ref readonly var candle = ref candles[i];
        var issues = context.IsFallback ? CandleIssues.FallbackSource : CandleIssues.None;
        if (candle.Volume == 0 && context.ExpectsVolume)
            issues |= CandleIssues.ZeroVolume;
        if (context.OtherCloses.TryGetValue(candle.Timestamp, out var other) && Math.Abs(candle.Close / other - 1) > CloseTolerance)
            issues |= CandleIssues.ProviderDisagreement;
        if (i == 0)
            return issues;

        ref readonly var previous = ref candles[i - 1];
        if (context.Calendar.Next(previous.Timestamp, context.Interval) < candle.Timestamp)
            issues |= CandleIssues.GapBefore;
        if (IsFlat(candle) && IsFlat(previous) && candle.Close == previous.Close)
            issues |= CandleIssues.FlatRepeat;
        if (IsJump(returns, i))
            issues |= IsSplitRatio(candle.Open / previous.Close) ? CandleIssues.SuspectedSplit : CandleIssues.PriceAnomaly;
        if (IsOddVolume(candles, i))
            issues |= CandleIssues.VolumeAnomaly;
        return issues;
    }

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
        var first = Math.Max(1, i - ReturnWindow);
        if (i - first < FewestReturns)
            return false;
        Span<double> window = stackalloc double[i - first];
        returns[first..i].CopyTo(window);
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
