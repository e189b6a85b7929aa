using System.Runtime.CompilerServices;
using MarketData.Domain.Candles;

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

    internal override FeatureComputation Begin(SeriesTraits series) => new Computation();

    [InlineArray(5)]
    private struct Five
    {
        private double _first;
    }

    private struct Swings
    {
        public int Candles;
        public int HighCount;
        public int LowCount;
        public double High;
        public double HighBefore;
        public double Low;
        public double LowBefore;
        public Five Highs;
        public Five Lows;
    }

    private sealed class Computation : FeatureComputation<Swings>
    {
        public override void Compute(in FeatureBlock block, Span<double> values)
        {
            for (var i = 0; i < values.Length; i++)
                values[i] = Next(block.Candles[i]);
        }

        private double Next(in Candle candle)
        {
            Push(State.Highs, candle.High);
            Push(State.Lows, candle.Low);
            if (++State.Candles < 5)
                return double.NaN;
            if (IsPeak(State.Highs, 1))
                (State.HighBefore, State.High, State.HighCount) = (State.High, State.Highs[2], State.HighCount + 1);
            if (IsPeak(State.Lows, -1))
                (State.LowBefore, State.Low, State.LowCount) = (State.Low, State.Lows[2], State.LowCount + 1);
            if (State.HighCount < 2 || State.LowCount < 2)
                return double.NaN;
            if (State.High > State.HighBefore && State.Low > State.LowBefore)
                return 1;
            return State.High < State.HighBefore && State.Low < State.LowBefore ? -1 : 0;
        }

        private static void Push(Span<double> values, double value)
        {
            values[1..].CopyTo(values);
            values[^1] = value;
        }

        private static bool IsPeak(ReadOnlySpan<double> values, int sign)
        {
            var middle = values[2] * sign;
            return middle > values[0] * sign && middle > values[1] * sign && middle > values[3] * sign && middle > values[4] * sign;
        }
    }
}
