using MarketData.Domain.Candles;
using MarketData.Simulator.Market;

namespace MarketData.Simulator.Faults;

/// <summary>What faults do to the splits and dividends that a provider lists.</summary>
internal static class ActionFaults
{
    private const double UsualFactor = 1.5;

    /// <summary>The splits as the provider lists them under the faults that hit the request.</summary>
    public static IEnumerable<ListedSplit> Apply(IEnumerable<ListedSplit> splits, Listing listing, AnswerFaults faults) => Apply(
        splits,
        faults,
        split => split.Date,
        (split, sessions) => split with { Date = Shift(listing, split.Date, sessions) },
        (split, factor) => split with { From = split.From * 100, To = (int)Math.Round(split.To * 100 * factor) },
        split => split with { From = 0, To = 1 });

    /// <summary>The dividends as the provider lists them under the faults that hit the request.</summary>
    public static IEnumerable<Payout> Apply(IEnumerable<Payout> payouts, Listing listing, AnswerFaults faults) => Apply(
        payouts,
        faults,
        payout => payout.ExDate,
        (payout, sessions) => payout with { ExDate = Shift(listing, payout.ExDate, sessions) },
        (payout, factor) => payout with { Amount = Math.Round(payout.Amount * factor, 4), Declared = Math.Round(payout.Declared * factor, 4) },
        payout => payout with { Amount = 0, Declared = 0 });

    private static IEnumerable<T> Apply<T>(
        IEnumerable<T> actions, AnswerFaults faults, Func<T, DateOnly> date, Func<T, int, T> shift, Func<T, double, T> change, Func<T, T> spoil)
    {
        foreach (var fault in faults.All)
        {
            actions = actions.SelectMany(action => IsHit(fault, date(action)) ? Told(action, fault, shift, change, spoil) : [action]);
        }

        return actions;
    }

    private static bool IsHit(Fault fault, DateOnly date) =>
        fault.Reaches(new DateTimeOffset(date.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero).ToUnixTimeMilliseconds());

    private static IEnumerable<T> Told<T>(T action, Fault fault, Func<T, int, T> shift, Func<T, double, T> change, Func<T, T> spoil) => fault.Kind switch
    {
        FaultKind.MissingActions => [],
        FaultKind.MisdatedActions => [shift(action, fault.Request.Sessions ?? -1)],
        FaultKind.RepeatedActions => [action, shift(action, fault.Request.Sessions ?? 1)],
        FaultKind.ConflictingActions => [action, change(action, fault.Request.Factor ?? UsualFactor)],
        FaultKind.ImpossibleActions => [spoil(action)],
        _ => [action],
    };

    private static DateOnly Shift(Listing listing, DateOnly date, int sessions)
    {
        var calendar = listing.Venue.Exchange.Calendar;
        var stamp = date.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
        for (var i = 0; i < Math.Abs(sessions); i++)
        {
            stamp = sessions > 0 ? calendar.Next(stamp, BarInterval.OneDay) : calendar.Previous(stamp, BarInterval.OneDay);
        }

        return DateOnly.FromDateTime(stamp);
    }
}
