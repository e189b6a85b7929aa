namespace MarketData.Simulator.Market;

/// <summary>Splits and dividends of a listing, on the sessions where they take effect.</summary>
internal static class ShareEvents
{
    /// <summary>Splits that took effect from <paramref name="from"/> to <paramref name="to"/>, oldest first: what Yahoo lists.</summary>
    public static IEnumerable<ListedSplit> Splits(PriceHistory history, DateOnly from, DateOnly to) =>
        history.Listing.Splits
            .Select(split => split with { Date = SessionFrom(history.Listing, split.Date) })
            .Where(split => split.Date >= from && split.Date <= to && split.Date > history.Listing.FirstDay);

    /// <summary>Splits that Polygon lists from <paramref name="from"/> to <paramref name="to"/> when asked on <paramref name="today"/>.</summary>
    public static IEnumerable<ListedSplit> SplitsAtPolygon(PriceHistory history, DateOnly from, DateOnly to, DateOnly today) =>
        history.Listing.Splits
            .SelectMany(split => split.DatesAtPolygon(today), (split, date) => split with { Date = SessionFrom(history.Listing, date) })
            .Where(split => split.Date >= from && split.Date <= to && split.Date > history.Listing.FirstDay);

    /// <summary>Dividends with ex-dates from <paramref name="from"/> to <paramref name="to"/>, oldest first; none in the first year of trading.</summary>
    public static IEnumerable<Payout> Dividends(PriceHistory history, DateOnly from, DateOnly to)
    {
        var listing = history.Listing;
        if (listing.DividendYield == 0)
        {
            yield break;
        }

        var monthsBetween = 12 / listing.DividendsPerYear;
        var firstMonth = (int)(Noise.Bits(history.Seed, 0, 70) % (ulong)monthsBetween);
        var dayOfMonth = 4 + (int)(Noise.Bits(history.Seed, 0, 71) % 18);
        var earliest = listing.FirstDay.AddYears(1);
        var start = from > earliest ? from : earliest;
        for (var month = new DateOnly(start.Year, 1, 1).AddMonths(firstMonth); month <= to; month = month.AddMonths(monthsBetween))
        {
            var planned = month.AddDays(dayOfMonth - 1);
            if (planned < start.AddDays(-7) || planned > to)
            {
                continue;
            }

            foreach (var day in history.Days(planned, planned.AddDays(6)))
            {
                if (day.Date >= start && day.Date <= to)
                {
                    yield return Pay(listing, day);
                }

                break;
            }
        }
    }

    private static DateOnly SessionFrom(Listing listing, DateOnly date) => TradingHours.Between(listing, date, date.AddDays(14)).First().Date;

    private static Payout Pay(Listing listing, in TradingDay day)
    {
        var amount = Math.Max(0.01, Math.Round(listing.DividendYield / listing.DividendsPerYear * day.PreviousClose, 2));
        var (currency, rate) = listing.DividendCurrency ?? (listing.PriceUnit, 1);
        return new Payout(day.Date, day.Date, amount, day.PreviousClose, Math.Round(amount * rate, 2), currency);
    }
}
