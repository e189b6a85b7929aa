using System.Runtime.CompilerServices;

namespace MarketData.Domain.Features;

/// <summary>
/// How the swings run: bullish when the last two confirmed swing highs and lows both rise, bearish when both fall, else range. A swing is
/// confirmed by two lower (higher) candles on each side, so its value appears two candles after it and never looks ahead. Null until there
/// are two swings of either kind.
/// </summary>
/// <remarks>Source: R. Rhea, The Dow Theory, 1932.</remarks>
public sealed class MarketStructure() : Feature(
    "market_structure", 1, 10, ["high", "low"], "bullish, bearish or range by the last two confirmed swing highs and lows.", "R. Rhea, The Dow Theory, 1932")
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Labels { get; } = ["bearish", "range", "bullish"];

    /// <inheritdoc/>
    public override int? Memory => null;

    internal override FeatureComputation Begin(SeriesTraits series) => new Computation();

    private struct Swings
    {
        public int Highs;
        public int Lows;
        public double High;
        public double HighBefore;
        public double Low;
        public double LowBefore;
    }

    private sealed class Computation : FeatureComputation<Swings>
    {
        public override void Compute(in FeatureBlock block, Span<double> values)
        {
            var swings = State;
            for (var i = 0; i < values.Length; i++)
            {
                // The five highs and lows that end with this candle; missing ones are NaN, and no comparison with them holds.
                var highs = block.Highs.Slice(FeatureBlock.LookBack + i - 4, 5);
                var lows = block.Lows.Slice(FeatureBlock.LookBack + i - 4, 5);
                if (highs[2] > highs[0] & highs[2] > highs[1] & highs[2] > highs[3] & highs[2] > highs[4])
                    (swings.HighBefore, swings.High, swings.Highs) = (swings.High, highs[2], swings.Highs + 1);
                if (lows[2] < lows[0] & lows[2] < lows[1] & lows[2] < lows[3] & lows[2] < lows[4])
                    (swings.LowBefore, swings.Low, swings.Lows) = (swings.Low, lows[2], swings.Lows + 1);
                values[i] = swings is { Highs: >= 2, Lows: >= 2 } ? Structure(swings) : double.NaN;
            }

            State = swings;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static double Structure(in Swings swings)
        {
            var up = swings.High > swings.HighBefore & swings.Low > swings.LowBefore;
            var down = swings.High < swings.HighBefore & swings.Low < swings.LowBefore;
            return (up ? 1 : 0) - (down ? 1 : 0);
        }
    }
}
