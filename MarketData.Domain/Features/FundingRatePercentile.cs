using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

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
    private const int PaddedPeriods = 272;
    private const long Reach = 89 * TimeSpan.TicksPerDay;

    /// <inheritdoc/>
    public override int? Memory => null;

    internal override FeatureComputation Begin(SeriesTraits series) => new Computation();

    [InlineArray(PaddedPeriods)]
    private struct PeriodNumbers
    {
        private long _first;
    }

    [InlineArray(PaddedPeriods)]
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

        // Over arrays that the vectors fill up: what lies beyond the periods is period 0, and never recent.
        private double ShareNotAbove(long period, double rate)
        {
            ref var numbers = ref State.Numbers[0];
            ref var rates = ref State.Values[0];
            var (oldest, highest) = (Vector256.Create(period - Periods), Vector256.Create(rate));
            var (all, notAbove) = (Vector256<long>.Zero, Vector256<long>.Zero);
            for (nuint k = 0; k < PaddedPeriods; k += (nuint)Vector256<long>.Count)
            {
                var isRecent = Vector256.GreaterThan(Vector256.LoadUnsafe(ref numbers, k), oldest);
                all -= isRecent;
                notAbove -= isRecent & Vector256.LessThanOrEqual(Vector256.LoadUnsafe(ref rates, k), highest).AsInt64();
            }

            return (double)Vector256.Sum(notAbove) / Vector256.Sum(all);
        }
    }
}
