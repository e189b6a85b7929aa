using System.Runtime.CompilerServices;

namespace MarketData.Domain.Features;

/// <summary>
/// Where the current funding rate stands among those of the last 90 days: the share of them, one per funding period of 8 hours and this one
/// included, that are not above it, 0 to 1. Null until the rates reach back 90 days.
/// </summary>
/// <remarks>Source: R. J. Hyndman, Y. Fan, Sample Quantiles in Statistical Packages, American Statistician, 1996 (definition 1).</remarks>
public sealed class FundingRatePercentile() : Feature(
    "funding_rate_percentile", 1, 0, ["funding_rate"], "Share of the last 90 days' funding rates that are ≤ the current one.",
    "R. J. Hyndman, Y. Fan, Sample Quantiles in Statistical Packages, American Statistician, 1996", FeatureScope.Crypto)
{
    private const long PeriodTicks = 8 * TimeSpan.TicksPerHour;
    private const int Periods = 270;
    private const long Reach = 89 * TimeSpan.TicksPerDay;

    internal override FeatureComputation Begin(SeriesTraits series) => new Computation();

    [InlineArray(Periods)]
    private struct PeriodNumbers
    {
        private long _first;
    }

    [InlineArray(Periods)]
    private struct Rates
    {
        private double _first;
    }

    private struct Past
    {
        public long FirstTicks;
        public long Period;
        public double Rate;
        public double Share;
        public PeriodNumbers Numbers;
        public Rates Values;
    }

    private sealed class Computation : FeatureComputation<Past>
    {
        public override void Compute(in FeatureBlock block, Span<double> values)
        {
            for (var i = 0; i < values.Length; i++)
                values[i] = Next(block.Candles[i].Timestamp.Ticks, block.Candles[i].FundingRate);
        }

        private double Next(long ticks, double rate)
        {
            if (double.IsNaN(rate))
                return double.NaN;
            if (State.FirstTicks == 0)
                State.FirstTicks = ticks;
            var period = ticks / PeriodTicks;
            if (period != State.Period || rate != State.Rate)
            {
                (State.Period, State.Rate) = (period, rate);
                State.Numbers[(int)(period % Periods)] = period;
                State.Values[(int)(period % Periods)] = rate;
                State.Share = ShareNotAbove(period, rate);
            }

            return ticks - State.FirstTicks >= Reach ? State.Share : double.NaN;
        }

        private double ShareNotAbove(long period, double rate)
        {
            var (all, notAbove) = (0, 0);
            for (var k = 0; k < Periods; k++)
            {
                var isRecent = State.Numbers[k] > period - Periods;
                all += isRecent ? 1 : 0;
                notAbove += isRecent && State.Values[k] <= rate ? 1 : 0;
            }

            return (double)notAbove / all;
        }
    }
}
