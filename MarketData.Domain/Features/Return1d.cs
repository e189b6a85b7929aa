using System.Runtime.CompilerServices;
using MarketData.Domain.Candles;

namespace MarketData.Domain.Features;

/// <summary>
/// Simple return over one session day, by time: against the session before for daily candles, against the candle at the same time of that
/// session (crypto: 24 hours earlier) for intraday ones; null where that one is missing, and for weekly candles.
/// </summary>
/// <remarks>Source: J. Y. Campbell, A. W. Lo, A. C. MacKinlay, The Econometrics of Financial Markets, 1997, ch. 1.</remarks>
public sealed class Return1d() : Feature(
    "return_1d", 1, 1, ["close"], "close / close one session day earlier − 1.",
    "J. Y. Campbell, A. W. Lo, A. C. MacKinlay, The Econometrics of Financial Markets, 1997")
{
    // A day of 5m candles around the clock, and some.
    private const int Reach = 320;

    internal override FeatureComputation Begin(SeriesTraits series) => series.Interval switch
    {
        BarInterval.OneWeek => new WindowComputation((in _, _) => double.NaN),
        BarInterval.OneDay => new WindowComputation((in block, i) => Daily(block, i, series)),
        _ => new Intraday(series),
    };

    private static double Daily(in FeatureBlock block, int i, SeriesTraits series)
    {
        var at = FeatureBlock.LookBack + i;
        var (ticks, before) = (block.Ticks[at], block.Ticks[at - 1]);
        // The calendar is asked only where days lie between.
        var isNext = ticks - before == TimeSpan.TicksPerDay
            || (before >= 0 && series.Calendar.Previous(new DateTime(ticks, DateTimeKind.Utc), BarInterval.OneDay).Ticks == before);
        return isNext ? block.Closes[at] / block.Closes[at - 1] - 1 : double.NaN;
    }

    [InlineArray(Reach)]
    private struct Instants
    {
        private long _first;
    }

    [InlineArray(Reach)]
    private struct Prices
    {
        private double _first;
    }

    private struct Recent
    {
        public long Day;
        public long Shift;
        public int Written;
        public int Looked;
        public Instants Ticks;
        public Prices Closes;
    }

    private sealed class Intraday(SeriesTraits series) : FeatureComputation<Recent>
    {
        public override void Compute(in FeatureBlock block, Span<double> values)
        {
            for (var i = 0; i < values.Length; i++)
            {
                var (ticks, close) = (block.Candles[i].Timestamp.Ticks, block.Candles[i].Close);
                Enter(ticks, close);
                values[i] = close / CloseAt(ticks - State.Shift) - 1;
            }
        }

        private void Enter(long ticks, double close)
        {
            if (ticks / TimeSpan.TicksPerDay != State.Day)
            {
                State.Day = ticks / TimeSpan.TicksPerDay;
                State.Shift = ShiftOn(new DateTime(State.Day * TimeSpan.TicksPerDay, DateTimeKind.Utc));
            }

            State.Ticks[State.Written % Reach] = ticks;
            State.Closes[State.Written % Reach] = close;
            State.Written++;
        }

        // What is looked for only ever grows, so the search goes on from where the last one ended.
        private double CloseAt(long wanted)
        {
            var oldest = Math.Max(0, State.Written - Reach);
            if (State.Looked < oldest)
                State.Looked = oldest;
            while (State.Looked < State.Written && State.Ticks[State.Looked % Reach] < wanted)
                State.Looked++;
            return State.Ticks[State.Looked % Reach] == wanted ? State.Closes[State.Looked % Reach] : double.NaN;
        }

        // From the opening of a session to that of the one before: the clock in New York, not the one of UTC.
        private long ShiftOn(DateTime day)
        {
            if (series.AssetClass == AssetClass.Crypto)
                return TimeSpan.TicksPerDay;
            var open = series.Calendar.Next(day.AddTicks(-1), series.Interval);
            var before = series.Calendar.Previous(open, series.Interval).Date;
            return (open - series.Calendar.Next(before.AddTicks(-1), series.Interval)).Ticks;
        }
    }
}
