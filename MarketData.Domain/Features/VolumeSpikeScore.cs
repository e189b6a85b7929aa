namespace MarketData.Domain.Features;

/// <summary>How unusual a candle's volume is: its z-score against the last 20 volumes, this one included. Null where they are all alike.</summary>
/// <remarks>Source: E. Kreyszig, Advanced Engineering Mathematics, 2011 (standardised variable, sample deviation).</remarks>
public sealed class VolumeSpikeScore() : Feature(
    "volume_spike_score", 1, 19, ["volume"], "(volume − mean) / sample deviation of the last 20 volumes.",
    "E. Kreyszig, Advanced Engineering Mathematics, 2011", FeatureScope.Crypto)
{
    private const int Length = 20;

    internal override FeatureComputation Begin(SeriesTraits series) => new WindowComputation(static (in block, values) =>
    {
        Span<double> means = stackalloc double[FeatureBlock.Capacity];
        Windows.Mean(block.Volumes, Length, means[..values.Length]);
        Windows.SampleDeviation(block.Volumes, Length, values);
        var volumes = block.Own(block.Volumes);
        for (var i = 0; i < values.Length; i++)
            values[i] = values[i] > 0 ? (volumes[i] - means[i]) / values[i] : double.NaN;
    });
}
