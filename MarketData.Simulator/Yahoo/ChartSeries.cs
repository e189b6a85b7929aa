using MarketData.Simulator.Faults;
using MarketData.Simulator.Market;

namespace MarketData.Simulator.Yahoo;

/// <summary>
/// Yahoo's rows: prices and volumes in today's shares, daily rows stamped with the session's open (a currency pair's with London's midnight,
/// and only once that has passed), the running session's row with the
/// time of its last trade (and still so for an hour after the close), the current week in two rows while its session runs.
/// </summary>
internal sealed class ChartSeries(SimulatedMarket market, Oddities oddities)
{
    private const long Day = 86_400_000;
    private const long Hour = 3_600_000;

    /// <summary>The rows of a query in time order.</summary>
    public List<Row> Rows(PriceHistory history, ChartQuery query)
    {
        var from = DateOf(query.From).AddDays(-1);
        var to = DateOf(query.To).AddDays(1);
        var rows = query.Interval.IsIntraday ? Intraday(history, query, from, to) : Daily(history, query, from, to);
        rows.RemoveAll(row => row.Stamp < query.From || row.Stamp >= query.To);
        return rows;
    }

    /// <summary>The latest session that has begun trading; null before the first.</summary>
    public SessionBar? Latest(PriceHistory history)
    {
        SessionBar? latest = null;
        foreach (var session in market.Sessions(history, market.Today.AddDays(-14), market.Today.AddDays(1)))
        {
            latest = session;
        }

        return latest;
    }

    /// <summary>When a session last traded: now while it runs, else its close; Unix milliseconds on the second.</summary>
    public long LastTrade(in SessionBar session) => Math.Min(market.Now - 1, session.Day.Closes) / 1000 * 1000;

    /// <summary>A session alone as a row stamped with its last trade.</summary>
    public Row? LastSession(PriceHistory history, ChartQuery query) => Latest(history) is { } session
        ? Row(history, query, session) with { Stamp = LastTrade(session) }
        : null;

    private List<Row> Intraday(PriceHistory history, ChartQuery query, DateOnly from, DateOnly to)
    {
        List<Row> rows = [];
        var now = market.Now;
        var pre = query.Extended && history.Listing.IsUnitedStatesShare ? ExtendedHoursOffset : 0;
        foreach (var bar in market.Intraday(history, from, to, query.Interval.Length, day => day.Opens - pre, query.Extended))
        {
            var row = Row(history, oddities.Seen(history, Provider.Yahoo, bar), history.Listing.Venue.DateAt(bar.Time));
            var isForming = bar.Time + query.Interval.Length > now;
            rows.Add(isForming ? row with { Stamp = (now - 1) / 1000 * 1000 } : row);
        }

        return rows;
    }

    private static long ExtendedHoursOffset => 330 * 60_000L;

    private List<Row> Daily(PriceHistory history, ChartQuery query, DateOnly from, DateOnly to)
    {
        List<Row> rows = [];
        var payouts = new DividendAdjustment(history, from, market.Today);
        DateOnly? open = null;
        foreach (var session in market.Sessions(history, query.Interval.StartOf(from), to))
        {
            if (history.Listing.StampOf(session.Day.Hours) > market.Now)
            {
                break;
            }

            var bucket = query.Interval.StartOf(session.Day.Date);
            var isLive = history.Listing.Kind is ListingKind.Crypto or ListingKind.Currency ? !session.IsClosed : market.Now < session.Day.Closes + Hour;
            var row = Row(history, query, session) with { AdjustedClose = 0 };
            row = row with { AdjustedClose = row.PricesNull ? 0 : row.Bar.Close * payouts.Factor(session.Day.Date) };
            if (open == bucket && !isLive)
            {
                rows[^1] = Join(rows[^1], row);
                continue;
            }

            open = bucket;
            rows.Add(isLive ? row with { Stamp = LastTrade(session) } : row with { Stamp = StampOf(history, query, session, bucket) });
        }

        return rows;
    }

    private static Row Join(in Row before, in Row next) => next.PricesNull
        ? before
        : before.PricesNull
            ? next with { Stamp = before.Stamp }
            : before with { Bar = before.Bar.Append(next.Bar), AdjustedClose = next.AdjustedClose };

    private static long StampOf(PriceHistory history, ChartQuery query, in SessionBar session, DateOnly bucket) =>
        query.Interval.Length == Day ? history.Listing.StampOf(session.Day.Hours) : history.Listing.Venue.Midnight(bucket);

    private Row Row(PriceHistory history, ChartQuery query, in SessionBar session)
    {
        var isTrue = history.Listing.HasTrueHistory && session.Day.Date <= IndexHistory.LastDay;
        var settles = session.Day.Closes + 12 * Hour;
        var bar = session.IsClosed && market.Now < settles && !isTrue && !history.Listing.IsCrypto
            ? oddities.Provisional(history, session.Bar)
            : session.Bar;
        var row = Row(history, oddities.Seen(history, Provider.Yahoo, bar), session.Day.Date);
        return query.Interval.Length == Day && session.IsClosed && oddities.YahooNulls(history, session.Bar, market.Now)
            ? row with { PricesNull = true, VolumeNull = true }
            : row;
    }

    /// <summary>A bar in today's shares; of coins the volume is in dollars, as Yahoo has it.</summary>
    private Row Row(PriceHistory history, in Bar bar, DateOnly date)
    {
        var factor = history.Listing.SplitFactor(date, market.Today);
        var volume = history.Listing.IsCrypto ? bar.Turnover : bar.Volume * factor;
        var exact = history.Listing.HasTrueHistory && date <= IndexHistory.LastDay;
        double Price(double price) => exact ? price : (float)(price / factor);
        return new Row
        {
            Stamp = bar.Time,
            Bar = bar with { Open = Price(bar.Open), High = Price(bar.High), Low = Price(bar.Low), Close = Price(bar.Close), Volume = Math.Round(volume) },
        };
    }

    private static DateOnly DateOf(long time) => DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeMilliseconds(time).UtcDateTime);
}
