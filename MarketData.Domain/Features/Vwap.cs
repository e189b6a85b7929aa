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
            for (var i = 0; i < values.Length; i++)
            {
                ref readonly var candle = ref block.Candles[i];
                var day = candle.Timestamp.Ticks / TimeSpan.TicksPerDay;
                if (day != State.Day)
                    State = new Session { Day = day };
                State.Traded += (candle.High + candle.Low + candle.Close) / 3 * candle.Volume;
                State.Volume += candle.Volume;
                values[i] = State.Volume > 0 ? State.Traded / State.Volume : double.NaN;
            }
        }
    }
}
