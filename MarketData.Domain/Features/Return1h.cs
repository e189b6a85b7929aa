using MarketData.Domain.Candles;

namespace MarketData.Domain.Features;

/// <summary>Simple return over one hour, by time: null where the candle one hour earlier is missing, as it always is for 4h and longer.</summary>
/// <remarks>Source: J. Y. Campbell, A. W. Lo, A. C. MacKinlay, The Econometrics of Financial Markets, 1997, ch. 1.</remarks>
public sealed class Return1h() : Feature(
    "return_1h", 1, 1, ["close"], "close / close of the candle stamped one hour earlier − 1.",
    "J. Y. Campbell, A. W. Lo, A. C. MacKinlay, The Econometrics of Financial Markets, 1997")
{
    internal override FeatureComputation Begin(SeriesTraits series) => new WindowComputation(
        series.Interval > BarInterval.OneHour ? (in _, _) => double.NaN : new Reference(TimeSpan.FromHours(1).Ticks / series.Interval.Length().Ticks).Return);

    private sealed class Reference(long bars)
    {
        public double Return(in FeatureBlock block, int i)
        {
            var wanted = block.Candles[i].Timestamp.Ticks - TimeSpan.TicksPerHour;
            var at = FeatureBlock.LookBack + i;
            // No later than so many bars back; earlier in the row only where candles are missing.
            for (var back = (int)bars; back > 0; back--)
            {
                if (block.Ticks[at - back] == wanted)
                    return block.Closes[at] / block.Closes[at - back] - 1;
                if (block.Ticks[at - back] > wanted)
                    return double.NaN;
            }

            return double.NaN;
        }
    }
}
