namespace MarketData.Domain.Features;

/// <summary>
/// Volume-weighted average price since the session's (UTC day's) first candle, in price units; for daily and weekly candles that of the one
/// candle. Null until something was traded.
/// </summary>
/// <remarks>Source: S. A. Berkowitz, D. E. Logue, E. A. Noser, The Total Cost of Transactions on the NYSE, Journal of Finance, 1988.</remarks>
public sealed class Vwap() : Feature(
    "vwap", 1, 0, ["high", "low", "close", "volume"], "Σ (h + l + c)/3 · volume / Σ volume since the session's first candle.",
    "S. A. Berkowitz, D. E. Logue, E. A. Noser, The Total Cost of Transactions on the NYSE, Journal of Finance, 1988")
{
    // Candles of five minutes around the clock.
    private const int MostOfDay = 288;

    /// <inheritdoc/>
    public override int? Memory => MostOfDay;

    internal override FeatureComputation Begin(SeriesTraits series) => new Computation();

    private struct Session
    {
        public long Day;
        public double Traded;
        public double Volume;
    }

    private sealed class Computation : FeatureComputation<Session>
    {
        public override void Compute(in FeatureBlock block, Span<double> values)
        {
            var session = State;
            var ticks = block.Ticks.Slice(FeatureBlock.LookBack, values.Length);
            var closes = block.Own(block.Closes);
            var highs = block.Own(block.Highs);
            var lows = block.Own(block.Lows);
            var volumes = block.Own(block.Volumes);
            for (var i = 0; i < values.Length; i++)
            {
                var day = ticks[i] / TimeSpan.TicksPerDay;
                if (day != session.Day)
                    session = new Session { Day = day };
                session.Traded += (highs[i] + lows[i] + closes[i]) / 3 * volumes[i];
                session.Volume += volumes[i];
                values[i] = session.Volume > 0 ? session.Traded / session.Volume : double.NaN;
            }

            State = session;
        }
    }
}
