namespace MarketData.Domain.Features;

/// <summary>Sample standard deviation (n − 1) of the last n log returns, per candle, not annualised; 0 or more.</summary>
/// <param name="length">n, in candles.</param>
/// <remarks>
/// Computed from the whole window in two passes, since a running sum would drift.
/// Source: J. C. Hull, Options, Futures, and Other Derivatives, 2017, ch. 15.
/// </remarks>
public sealed class Volatility(int length) : Feature(
    $"volatility_{length}", 1, length, ["close"], $"Sample standard deviation (n − 1) of the last {length} log returns, not annualised.",
    "J. C. Hull, Options, Futures, and Other Derivatives, 2017, ch. 15")
{
    private readonly int _length = length;

    internal override FeatureComputation Begin(SeriesTraits series) =>
        LongWindow.Begin(_length, static (in block) => block.LogReturns, Windows.SampleDeviation);
}
