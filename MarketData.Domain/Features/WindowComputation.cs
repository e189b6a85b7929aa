namespace MarketData.Domain.Features;

/// <summary>A feature that is a function of a window of columns: it has no state of its own.</summary>
internal sealed class WindowComputation(WindowComputation.Function function) : FeatureComputation
{
    /// <summary>The value at candle <paramref name="i"/>; NaN where the window is not full.</summary>
    public delegate double Function(in FeatureBlock block, int i);

    public override void Compute(in FeatureBlock block, Span<double> values)
    {
        for (var i = 0; i < values.Length; i++)
            values[i] = function(block, i);
    }
}
