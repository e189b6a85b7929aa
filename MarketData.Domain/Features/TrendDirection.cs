namespace MarketData.Domain.Features;

/// <summary>
/// Where the last 20 closes point: the sign of their least-squares slope, neutral while the slope over 20 candles stays under half an average
/// true range.
/// </summary>
/// <remarks>Source: G. A. F. Seber, A. J. Lee, Linear Regression Analysis, 2003, for the slope; the threshold is ours.</remarks>
public sealed class TrendDirection() : Feature(
    "trend_direction", 1, 19, ["high", "low", "close"], "Sign of the least-squares slope of the last 20 closes; neutral when |slope| · 20 < 0.5 · atr.",
    "G. A. F. Seber, A. J. Lee, Linear Regression Analysis, 2003")
{
    private const int Length = 20;
    private const double Rounding = 1e-12;

    // k − mean of k, divided by Σ (k − mean)² = n (n² − 1) / 12: the slope is their scalar product with the closes.
    private static readonly double[] SlopeWeights =
        [.. Enumerable.Range(0, Length).Select(k => (k - (Length - 1) / 2.0) / (Length * (Length * Length - 1.0) / 12))];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Labels { get; } = ["down", "neutral", "up"];

    /// <inheritdoc/>
    public override int? Memory => AverageTrueRange.Memory(AverageTrueRange.StandardLength);

    internal override FeatureComputation Begin(SeriesTraits series) => new Computation();

    private sealed class Computation : FeatureComputation<AverageTrueRange>
    {
        public override void Compute(in FeatureBlock block, Span<double> values)
        {
            Windows.Dot(block.Closes, SlopeWeights, values);
            var range = State;
            var highs = block.Own(block.Highs);
            var lows = block.Own(block.Lows);
            var before = block.Before(block.Closes);
            var closes = block.Own(block.Closes);
            for (var i = 0; i < values.Length; i++)
                values[i] = Direction(values[i], range.Next(highs[i], lows[i], before[i]), closes[i]);
            State = range;
        }

        // Closes that are all the same have a slope of what rounding leaves of nothing.
        private static double Direction(double slope, double range, double close) =>
            double.IsNaN(slope) || double.IsNaN(range) ? double.NaN
            : Math.Abs(slope) * Length < Math.Max(0.5 * range, Rounding * close) ? 0
            : Math.CopySign(1, slope);
    }
}
