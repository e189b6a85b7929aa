namespace MarketData.Domain.Features;

/// <summary>How unusual a candle's volume is: its z-score against the last 20 volumes, this one included. Null where they are all alike.</summary>
/// <remarks>Source: E. Kreyszig, Advanced Engineering Mathematics, 2011 (standardised variable, sample deviation).</remarks>
public sealed class VolumeSpikeScore() : Feature(
    "volume_spike_score", 1, 19, ["volume"], "(volume − mean) / sample deviation of the last 20 volumes.",
    "E. Kreyszig, Advanced Engineering Mathematics, 2011", FeatureScope.Crypto)
{
    internal override FeatureComputation Begin(SeriesTraits series) => new WindowComputation((in block, i) =>
    {
        var volumes = FeatureBlock.Window(block.Volumes, i, 20);
        var deviation = Windows.SampleDeviation(volumes);
        return deviation > 0 ? (volumes[^1] - Windows.Sum(volumes) / 20) / deviation : double.NaN;
    });
}
