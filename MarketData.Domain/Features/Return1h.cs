
namespace MarketData.Domain.Features;

/// <summary>Simple return over one hour, by time: null where the candle one hour earlier is missing, as it always is for 4h and longer.</summary>
/// <remarks>Source: J. Y. Campbell, A. W. Lo, A. C. MacKinlay, The Econometrics of Financial Markets, 1997, ch. 1.</remarks>
public sealed class Return1h() : Feature(
    "return_1h", 1, 1, ["close"], "close / close of the candle stamped one hour earlier − 1.",
    "J. Y. Campbell, A. W. Lo, A. C. MacKinlay, The Econometrics of Financial Markets, 1997")
{
    // Candles of five minutes.
    private const int MostOfHour = 12;

    /// <inheritdoc/>
    public override int? Memory => MostOfHour;

    internal override FeatureComputation Begin(SeriesTraits series) => series.Timeframe.Length is not { } length || length > TimeSpan.FromHours(1)
        ? WindowComputation.Nothing
        : new WindowComputation(new Reference((int)(TimeSpan.TicksPerHour / length.Ticks)).Compute);

    private sealed class Reference(int bars)
    {
        public void Compute(in FeatureBlock block, Span<double> values)
        {
            var ticks = block.Ticks;
            var closes = block.Closes;
            for (var i = 0; i < values.Length; i++)
            {
                var at = FeatureBlock.LookBack + i;
                var wanted = ticks[at] - TimeSpan.TicksPerHour;
                // No later than so many bars back; earlier in the row only where candles are missing.
                var back = bars;
                while (ticks[at - back] < wanted)
                    back--;
                values[i] = ticks[at - back] == wanted ? closes[at] / closes[at - back] - 1 : double.NaN;
            }
        }
    }
}
