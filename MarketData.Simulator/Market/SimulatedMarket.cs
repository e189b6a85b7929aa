using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using MarketData.Domain.Candles;

namespace MarketData.Simulator.Market;

/// <summary>What has traded until now: the one market that all simulated providers report on.</summary>
internal sealed class SimulatedMarket(Universe universe, MarketClock clock, SimulatorOptions options)
{
    private const long Minute = 60_000;

    private readonly ConcurrentDictionary<Symbol, PriceHistory> _histories = new();

    /// <summary>The market's present, Unix milliseconds.</summary>
    public long Now => clock.Now;

    /// <summary>The date of the present, UTC.</summary>
    public DateOnly Today => clock.Today;

    /// <summary>Finds the history of a canonical symbol.</summary>
    /// <returns>Whether the market knows the symbol.</returns>
    public bool TryFind(Symbol symbol, [NotNullWhen(true)] out PriceHistory? history)
    {
        if (!_histories.TryGetValue(symbol, out history) && universe.TryFind(symbol, out var listing))
        {
            history = _histories.GetOrAdd(symbol, new PriceHistory(options.Seed, listing, options.ContinueIndex));
        }

        return history is not null;
    }

    /// <summary>Daily bars of the sessions from <paramref name="from"/> to <paramref name="to"/> that have opened; the last may still be forming.</summary>
    public IEnumerable<SessionBar> Sessions(PriceHistory history, DateOnly from, DateOnly to)
    {
        var now = Now;
        foreach (var day in history.Days(from, Earlier(to, Today.AddDays(1))))
        {
            if (day.Closes <= now)
            {
                yield return new SessionBar(day, Whole(day), IsClosed: true);
            }
            else if (day.Opens + Minute <= now)
            {
                yield return new SessionBar(day, SoFar(history, day, now), IsClosed: false);
            }
        }
    }

    /// <summary>
    /// Bars of <paramref name="length"/> milliseconds, counted from <paramref name="origin"/> of each day and anew after a lunch break; the last
    /// may still be forming.
    /// </summary>
    /// <param name="history">Whose bars.</param>
    /// <param name="from">First day.</param>
    /// <param name="to">Last day, included.</param>
    /// <param name="length">Length of a bar, milliseconds.</param>
    /// <param name="origin">The instant of a day from which its bars are counted, Unix milliseconds.</param>
    /// <param name="extended">Whether to include trading outside regular hours.</param>
    public IEnumerable<Bar> Intraday(
        PriceHistory history, DateOnly from, DateOnly to, long length, Func<TradingDay, long> origin, bool extended)
    {
        var now = Now;
        var minutes = new MinuteBars();
        List<Bar> bars = [];
        foreach (var day in history.Days(from, Earlier(to, Today.AddDays(1))))
        {
            bars.Clear();
            Collect(bars, history, day, minutes, now, length, origin(day), extended);
            foreach (var bar in bars)
            {
                yield return bar;
            }
        }
    }

    private static void Collect(
        List<Bar> bars, PriceHistory history, in TradingDay day, MinuteBars minutes, long now, long length, long origin, bool extended)
    {
        extended &= history.Listing.IsUnitedStatesShare;
        if (extended && ExtendedHours.Opens(day) < now)
        {
            foreach (var minute in ExtendedHours.Before(history, day))
            {
                Add(bars, minute, now, length, origin);
            }
        }

        if (day.Opens < now)
        {
            foreach (ref readonly var minute in minutes.Draw(history, day))
            {
                Add(bars, minute, now, length, minute.Time < day.Hours.BreakEnds ? origin : day.Hours.BreakEnds);
            }
        }

        if (extended && day.Closes < now)
        {
            foreach (var minute in ExtendedHours.After(history, day))
            {
                Add(bars, minute, now, length, origin);
            }
        }
    }

    private static void Add(List<Bar> bars, in Bar minute, long now, long length, long origin)
    {
        if (minute.Time + Minute > now)
        {
            return;
        }

        var opens = minute.Time - (minute.Time - origin) % length;
        if (bars.Count > 0 && bars[^1].Time == opens)
        {
            bars[^1] = bars[^1].Append(minute);
        }
        else
        {
            bars.Add(minute with { Time = opens });
        }
    }

    private static Bar Whole(in TradingDay day) => new()
    {
        Time = day.Opens,
        Open = day.Open,
        High = day.High,
        Low = day.Low,
        Close = day.Close,
        Volume = day.Volume,
        Turnover = day.Volume * (day.Open + day.High + day.Low + day.Close) / 4,
        Trades = day.Trades,
        TakerVolume = double.IsNaN(day.TakerShare) ? 0 : Math.Round(day.Volume * day.TakerShare, 5),
        Parts = 1,
    };

    private static Bar SoFar(PriceHistory history, in TradingDay day, long now)
    {
        List<Bar> bars = [];
        Collect(bars, history, day, new MinuteBars(), now, day.Closes - day.Opens, day.Opens, extended: false);
        return bars[0] with { Parts = 1 };
    }

    private static DateOnly Earlier(DateOnly left, DateOnly right) => left < right ? left : right;
}
