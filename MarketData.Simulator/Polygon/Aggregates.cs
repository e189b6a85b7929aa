using MarketData.Simulator.Market;

namespace MarketData.Simulator.Polygon;

/// <summary>Polygon's bars: clock hours of New York, trading outside regular hours in the intraday ones, weeks that begin on Sunday.</summary>
internal sealed class Aggregates(SimulatedMarket market, Oddities oddities)
{
    private const long Day = 86_400_000;

    /// <summary>From 00:00 New York to the regular open.</summary>
    private const long MidnightToOpen = 34_200_000;

    private static readonly DateOnly HistoryBegins = new(2003, 9, 10);

    /// <summary>The bars of a range in time order, prices and volumes adjusted for splits when asked.</summary>
    public IEnumerable<Bar> Bars(PriceHistory history, AggregatesQuery query)
    {
        var (from, to) = Served(query);
        if (from > to)
        {
            return [];
        }

        var bars = query.IsIntraday
            ? Intraday(history, query, from, to)
            : Daily(history, query, StartOfBucket(from, query), EndOfBucket(to, query));
        return bars.Where(bar => (query.After is null || bar.Time + query.Step > query.After) && (query.Until is null || bar.Time <= query.Until));
    }

    /// <summary>What Polygon has of the range: nothing before September 2003.</summary>
    private (DateOnly From, DateOnly To) Served(AggregatesQuery query) => (
        query.FirstDay > HistoryBegins ? query.FirstDay : HistoryBegins,
        query.LastDay < market.Today ? query.LastDay : market.Today);

    private static bool IsServed(PriceHistory history, AggregatesQuery query, DateOnly date) =>
        TickerTimeline.IsServed(history.Listing, query.Ticker, date);

    private IEnumerable<Bar> Intraday(PriceHistory history, AggregatesQuery query, DateOnly from, DateOnly to)
    {
        var crypto = history.Listing.IsCrypto;
        var now = market.Now;
        foreach (var bar in market.Intraday(history, from, to, query.Step, day => crypto ? day.Opens : day.Opens - MidnightToOpen, extended: true))
        {
            // After-hours trading reaches past midnight UTC; five hours back it is still the session's date.
            var date = DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeMilliseconds(bar.Time).UtcDateTime.AddHours(crypto ? 0 : -5));
            if (IsServed(history, query, date) && !oddities.PolygonLacks(history, bar, intraday: true, now))
            {
                yield return Adjust(history, query, date, oddities.Seen(history, Provider.Polygon, bar));
            }
        }
    }

    private IEnumerable<Bar> Daily(PriceHistory history, AggregatesQuery query, DateOnly from, DateOnly to)
    {
        var now = market.Now;
        Bar? open = null;
        foreach (var session in market.Sessions(history, from, to))
        {
            var start = StartOfBucket(session.Day.Date, query);
            var midnight = session.Day.Opens - (history.Listing.IsCrypto ? 0 : MidnightToOpen);
            var stamp = midnight - (session.Day.Date.DayNumber - start.DayNumber) * Day;
            var bar = Adjust(history, query, session.Day.Date, oddities.Seen(history, Provider.Polygon, session.Bar)) with { Time = stamp };
            if (!IsServed(history, query, session.Day.Date) || oddities.PolygonLacks(history, bar, intraday: false, now))
            {
                continue;
            }

            if (open is { } before && before.Time + Day / 2 > stamp)
            {
                open = before.Append(bar);
            }
            else
            {
                if (open is { } done)
                {
                    yield return done;
                }

                open = bar;
            }
        }

        if (open is { } last)
        {
            yield return last;
        }
    }

    private Bar Adjust(PriceHistory history, AggregatesQuery query, DateOnly date, in Bar bar)
    {
        var factor = query.Adjusted ? history.Listing.SplitFactor(date, market.Today) : 1;
        return factor == 1 ? bar : bar with
        {
            Open = Math.Round(bar.Open / factor, 6),
            High = Math.Round(bar.High / factor, 6),
            Low = Math.Round(bar.Low / factor, 6),
            Close = Math.Round(bar.Close / factor, 6),
            Volume = Math.Round(bar.Volume * factor),
        };
    }

    private static DateOnly StartOfBucket(DateOnly date, AggregatesQuery query)
    {
        switch (query.Timespan)
        {
            case Timespan.Day:
                return DateOnly.FromDayNumber(date.DayNumber - date.DayNumber % query.Multiplier);
            case Timespan.Week:
                var sunday = date.DayNumber - (int)date.DayOfWeek;
                return DateOnly.FromDayNumber(sunday - sunday / 7 % query.Multiplier * 7);
            default:
                var months = query.Multiplier * query.Timespan switch { Timespan.Month => 1, Timespan.Quarter => 3, _ => 12 };
                var month = date.Year * 12 + date.Month - 1;
                month -= month % months;
                return new DateOnly(month / 12, month % 12 + 1, 1);
        }
    }

    private static DateOnly EndOfBucket(DateOnly date, AggregatesQuery query)
    {
        var start = StartOfBucket(date, query);
        return query.Timespan switch
        {
            Timespan.Day => start.AddDays(query.Multiplier - 1),
            Timespan.Week => start.AddDays(7 * query.Multiplier - 1),
            Timespan.Month => start.AddMonths(query.Multiplier).AddDays(-1),
            Timespan.Quarter => start.AddMonths(3 * query.Multiplier).AddDays(-1),
            _ => start.AddYears(query.Multiplier).AddDays(-1),
        };
    }
}
