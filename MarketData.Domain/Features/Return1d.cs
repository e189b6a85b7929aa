using System.Runtime.CompilerServices;
using MarketData.Domain.Calendars;
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

    /// <inheritdoc/>
    public override int? Memory => Reach;

    internal override FeatureComputation Begin(SeriesTraits series) => series.Timeframe switch
    {
        { IsIntraday: true } => new Intraday(series),
        { Stored: BarInterval.OneDay } => new WindowComputation((in block, values) => Daily(block, values, series.Calendar)),
        _ => WindowComputation.Nothing,
    };

    private static void Daily(in FeatureBlock block, Span<double> values, TradingCalendar calendar)
    {
        for (var i = 0; i < values.Length; i++)
        {
            var at = FeatureBlock.LookBack + i;
            var (ticks, before) = (block.Ticks[at], block.Ticks[at - 1]);
            // The calendar is asked only where days lie between.
            var isNext = ticks - before == TimeSpan.TicksPerDay
                || (before >= 0 && calendar.Previous(new DateTime(ticks, DateTimeKind.Utc), BarInterval.OneDay).Ticks == before);
            values[i] = isNext ? block.Closes[at] / block.Closes[at - 1] - 1 : double.NaN;
        }
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
        public long Until;
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
            var ticks = block.Ticks.Slice(FeatureBlock.LookBack, values.Length);
            var closes = block.Own(block.Closes);
            Span<long> pastTicks = State.Ticks;
            Span<double> pastCloses = State.Closes;
            var (written, looked) = (State.Written, State.Looked);
            for (var i = 0; i < values.Length; i++)
            {
                if (ticks[i] >= State.Until)
                    BeginDay(ticks[i]);
                pastTicks[(int)((uint)written % Reach)] = ticks[i];
                pastCloses[(int)((uint)written % Reach)] = closes[i];
                written++;

                // What is looked for only ever grows, so the search goes on from where the last one ended.
                var wanted = ticks[i] - State.Shift;
                looked = Math.Max(looked, written - Reach);
                while (looked < written && pastTicks[(int)((uint)looked % Reach)] < wanted)
                    looked++;
                var at = (int)((uint)looked % Reach);
                values[i] = pastTicks[at] == wanted ? closes[i] / pastCloses[at] - 1 : double.NaN;
            }

            (State.Written, State.Looked) = (written, looked);
        }

        // From the opening of a session to that of the one before: the exchange's clock, not the one of UTC.
        private void BeginDay(long ticks)
        {
            var (until, shift) = series.Calendar.DayBefore(new DateTime(ticks, DateTimeKind.Utc));
            (State.Until, State.Shift) = (until.Ticks, shift.Ticks);
        }
    }
}
