namespace MarketData.Domain.Features;

/// <summary>A feature that is a function of a block's columns: it has no state of its own.</summary>
internal sealed class WindowComputation(WindowComputation.Function function) : FeatureComputation
{
    /// <summary>Computes a value for each candle of the block; NaN where the window is not full.</summary>
    public delegate void Function(in FeatureBlock block, Span<double> values);

    /// <summary>Has no value for any candle.</summary>
    public static WindowComputation Nothing { get; } = new(static (in _, values) => values.Fill(double.NaN));

    public override void Compute(in FeatureBlock block, Span<double> values) => function(block, values);
}
