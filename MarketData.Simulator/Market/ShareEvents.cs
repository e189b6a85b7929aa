namespace MarketData.Simulator.Market;

/// <summary>Splits and dividends of a listing, on the sessions where they take effect.</summary>
internal static class ShareEvents
{
    /// <summary>Splits that took effect from <paramref name="from"/> to <paramref name="to"/>, oldest first.</summary>
    public static IEnumerable<ListedSplit> Splits(PriceHistory history, DateOnly from, DateOnly to)
    {
        foreach (var split in history.Listing.Splits)
        {
            foreach (var session in TradingHours.Between(history.Listing, split.Date, split.Date.AddDays(6)))
            {
                if (session.Date >= from && session.Date <= to && session.Date > history.Listing.FirstDay)
                {
                    yield return split with { Date = session.Date };
                }

                break;
            }
        }
    }

    /// <summary>Quarterly dividends with ex-dates from <paramref name="from"/> to <paramref name="to"/>, oldest first; none in the first year of trading.</summary>
    public static IEnumerable<Payout> Dividends(PriceHistory history, DateOnly from, DateOnly to)
    {
        var listing = history.Listing;
        if (listing.DividendYield == 0)
        {
            yield break;
        }

        var monthOfQuarter = (int)(Noise.Bits(history.Seed, 0, 70) % 3);
        var dayOfMonth = 4 + (int)(Noise.Bits(history.Seed, 0, 71) % 18);
        var earliest = listing.FirstDay.AddYears(1);
        var start = from > earliest ? from : earliest;
        for (var month = new DateOnly(start.Year, 1, 1).AddMonths(monthOfQuarter); month <= to; month = month.AddMonths(3))
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
                    yield return new Payout(day.Date, Math.Max(0.01, Math.Round(listing.DividendYield / 4 * day.PreviousClose, 2)), day.PreviousClose);
                }

                break;
            }
        }
    }
}
