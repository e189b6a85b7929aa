using System.Globalization;
using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using MarketData.Domain.Instruments;
using DayPrices = (System.DateOnly Date, double Open, double Close);
using Verdicts = System.Collections.Generic.Dictionary<long, (MarketData.Domain.Adjustments.ActionState State, string? Reason)>;

namespace MarketData.Domain.Adjustments;

/// <summary>
/// Decides which splits and dividends are in effect when providers tell of an event twice, on different days, with different ratios, or
/// of one that never was: by what the price did.
/// </summary>
/// <remarks>
/// <list type="number">
/// <item>Reports within five sessions of each other are of one event: splits always, dividends when amounts and dates are equal or
/// another provider tells of them. Of the dividends that one provider tells of, each is matched to one of another's: of the same day, else the
/// nearest. The other provider's amount may differ, converted, rounded, or with a special dividend added.</item>
/// <item>Of several dates and ratios of one split that one counts which fits the overnight ratio, open over the close before, best, within 10 %.</item>
/// <item>Where none fits, the day within ten sessions that does is the split's. Where there is none either, a split of 3:2 or more is disputed.</item>
/// <item>A ratio or amount that is none, and a date without a session, are not applied; one for one has no effect.</item>
/// <item>A dividend in another currency than the price's is converted by the pair's last close before its ex-date. Without one it is not applied.
/// Pence and pounds are one currency.</item>
/// <item>What a person confirmed is applied on the day that the person says, whatever price and providers say; what else is told of the event is not.</item>
/// </list>
/// </remarks>
/// <param name="calendar">When the instrument trades.</param>
/// <param name="unit">What a price of 1 means: a currency, or a part of it such as <c>GBp</c>.</param>
public sealed class ActionRules(TradingCalendar calendar, string unit)
{
    private const int SameEventSessions = 5;
    private const int MovedSessions = 10;
    private const int LongestClosure = 10;
    private const double PlainRatio = 1.5;
    private const string Confirmed = "A person confirmed it.";
    private static readonly double Tolerance = Math.Log(1.1);

    /// <summary>Derives what is in effect.</summary>
    /// <param name="reports">Everything that providers tell now, in any order.</param>
    /// <param name="days">Daily opens and closes as traded, in order of time, at least of ten sessions around each report where there are any.</param>
    /// <param name="rates">
    /// By a report's number, what the currency of its amount was worth in the price's before the ex-date, where that is on record; of
    /// currencies, not of parts of them.
    /// </param>
    public ActionsInEffect Derive(
        IReadOnlyList<ActionReport> reports, IReadOnlyList<DayPrices> days,
        IReadOnlyDictionary<long, CurrencyRate>? rates = null)
    {
        ArgumentNullException.ThrowIfNull(reports);
        var (verdicts, valid) = (new Verdicts(), new List<ActionReport>());
        var conversions = new Dictionary<long, string>();
        foreach (var report in reports)
        {
            if (Fault(report) is { } fault)
                verdicts[report.Id] = fault;
            else if (report.IsSplit || report.Currency is null || report.Currency == unit)
                valid.Add(report);
            else if (Convert(report, rates?.GetValueOrDefault(report.Id)) is var (converted, how))
            {
                valid.Add(converted);
                conversions[report.Id] = how;
            }
            else
                verdicts[report.Id] = (ActionState.Unconverted, $"It was paid in {report.Currency}, and the price is in {unit}.");
        }

        var (splits, unplaced) = (new List<(StockSplit Split, string Source)>(), new List<IReadOnlyList<ActionReport>>());
        foreach (var cluster in Clusters(valid.Where(report => report.IsSplit)))
        {
            if (Place(cluster, days, verdicts) is { Count: > 0 } placed)
                splits.AddRange(placed);
            else
                unplaced.Add(cluster);
        }

        foreach (var cluster in unplaced)
            Move(cluster, days, splits, verdicts);
        var dividends = Dividends(valid, verdicts);
        foreach (var (id, how) in conversions)
        {
            if (verdicts[id] is { State: ActionState.InEffect } verdict)
                verdicts[id] = verdict with { Reason = verdict.Reason is null ? how : $"{verdict.Reason} {how}" };
        }

        return new ActionsInEffect([.. splits.OrderBy(one => one.Split.ExDate)], dividends, verdicts);
    }

    // The amount in what a price of 1 means, and how it came about.
    private (ActionReport Report, string How)? Convert(ActionReport report, CurrencyRate? rate)
    {
        var paid = report.Currency!;
        if (rate is null && PriceUnits.CurrencyOf(paid) != PriceUnits.CurrencyOf(unit))
            return null;
        var amount = report.Amount!.Value / PriceUnits.PerCurrency(paid) * (rate?.Rate ?? 1) * PriceUnits.PerCurrency(unit);
        var how = string.Create(
            CultureInfo.InvariantCulture,
            $"Paid were {report.Amount} {paid}: {amount:0.######} {unit}{(rate is null ? "" : $" by {rate.Pair} of {rate.Date:yyyy-MM-dd}")}.");
        return (report with { Amount = amount, Currency = unit }, how);
    }

    private (ActionState, string?)? Fault(ActionReport report)
    {
        if (report.IsSplit && !(report is { RatioFrom: > 0, RatioTo: > 0 } && double.IsFinite(report.Ratio)))
            return (ActionState.Invalid, "The ratio is none.");
        if (!report.IsSplit && !(report.Amount > 0 && double.IsFinite(report.Amount.Value)))
            return (ActionState.Invalid, "The amount is none.");
        if (Sessions(report.ExDate, report.ExDate) == 0)
            return (ActionState.Invalid, "There was no session on that day.");
        return report is { IsSplit: true, Ratio: 1 } ? (ActionState.WithoutEffect, null) : null;
    }

    // On a day that is told, if the price does not speak against it.
    private static List<(StockSplit, string)> Place(
        IReadOnlyList<ActionReport> cluster, IReadOnlyList<DayPrices> days, Verdicts verdicts)
    {
        var confirmed = cluster.Where(report => report.IsConfirmed).DistinctBy(report => report.ExDate).ToList();
        if (confirmed.Count > 0)
        {
            var splits = confirmed.ConvertAll(report => Accept(report, report.ExDate, ActionState.InEffect, null, cluster, verdicts));
            confirmed.ForEach(report => verdicts[report.Id] = (ActionState.InEffect, Confirmed));
            return splits;
        }

        var told = cluster.Select(report => (Report: report, Misfit: Misfit(days, report.ExDate, report.Ratio))).ToList();
        var fitting = told.Where(one => one.Misfit <= Tolerance).OrderBy(one => one.Misfit).ThenBy(one => Rank(one.Report)).Select(one => one.Report).FirstOrDefault();
        if (fitting is not null)
            return [Accept(fitting, fitting.ExDate, ActionState.InEffect, null, cluster, verdicts)];

        if (told.Where(one => one.Misfit is null).Select(one => one.Report).OrderBy(Rank).FirstOrDefault() is { } unseen)
            return [Accept(unseen, unseen.ExDate, ActionState.Unverified, null, cluster, verdicts)];
        var preferred = cluster.OrderBy(Rank).ThenBy(report => report.ExDate).First();
        return cluster.Any(report => Math.Max(report.Ratio, 1 / report.Ratio) >= PlainRatio)
            ? []
            : [Accept(preferred, preferred.ExDate, ActionState.InEffect, null, cluster, verdicts)];
    }

    // To the day near by that shows it, unless what is in effect there is the same split, told of more than five sessions away.
    private void Move(
        IReadOnlyList<ActionReport> cluster, IReadOnlyList<DayPrices> days, List<(StockSplit Split, string Source)> splits,
        Verdicts verdicts)
    {
        var moved = (
            from report in cluster
            from day in days
            where Sessions(Earlier(day.Date, report.ExDate), Later(day.Date, report.ExDate)) <= MovedSessions + 1
            let misfit = Misfit(days, day.Date, report.Ratio)
            where misfit <= Tolerance
            orderby misfit, Rank(report)
            select (Report: report, day.Date)).FirstOrDefault();
        if (moved.Report is not { } told)
        {
            foreach (var other in cluster)
                verdicts[other.Id] = (ActionState.Disputed, "The price shows no such change within ten sessions.");
            return;
        }

        var reason = string.Create(CultureInfo.InvariantCulture, $"Moved: the price changed on {moved.Date:yyyy-MM-dd}.");
        var split = Accept(told, moved.Date, ActionState.InEffect, reason, cluster, verdicts);
        if (splits.Exists(one => one.Split.ExDate == moved.Date))
            verdicts[told.Id] = (ActionState.Merged, null);
        else
            splits.Add(split);
    }

    private static (StockSplit, string) Accept(
        ActionReport report, DateOnly date, ActionState state, string? reason, IReadOnlyList<ActionReport> cluster, Verdicts verdicts)
    {
        foreach (var other in cluster)
        {
            verdicts[other.Id] = Math.Abs(Math.Log(other.Ratio / report.Ratio)) <= Tolerance
                ? (ActionState.Merged, null)
                : (ActionState.Disputed, "The price shows another ratio.");
        }

        verdicts[report.Id] = (state, reason);
        return (new StockSplit(date, report.RatioFrom!.Value, report.RatioTo!.Value), report.Provider);
    }

    private List<(CashDividend, string)> Dividends(List<ActionReport> valid, Verdicts verdicts)
    {
        var accepted = new List<ActionReport>();
        var providers = valid.Where(report => !report.IsSplit)
            .GroupBy(report => (report.IsConfirmed, report.Provider))
            .OrderByDescending(group => group.Key.IsConfirmed).ThenBy(group => group.Min(Rank));
        foreach (var provider in providers)
        {
            var others = accepted.FindAll(report => report.Provider != provider.Key.Provider);
            var (seen, matched) = (new List<ActionReport>(), new HashSet<long>());
            // Who pays each week has the next payment within five sessions: the nearest days are matched first, and each event once.
            var nearestFirst = provider
                .OrderBy(report => others.Min(other => (int?)Distance(other, report))).ThenBy(report => report.ExDate).ThenBy(report => report.Id);
            foreach (var report in nearestFirst)
            {
                var known = report.IsConfirmed ? null
                    : OfDay(others, report)
                    ?? seen.Find(other => IsEqual(other, report) && AreNear(other.ExDate, report.ExDate))
                    ?? others.Where(other => !matched.Contains(other.Id) && AreNear(other.ExDate, report.ExDate))
                        .MinBy(other => Distance(other, report));
                verdicts[report.Id] = known is not null ? (ActionState.Merged, null) : (ActionState.InEffect, report.IsConfirmed ? Confirmed : null);
                seen.Add(report);
                if (known is null)
                    accepted.Add(report);
                else
                    matched.Add(known.Id);
            }
        }

        return [.. accepted.GroupBy(report => report.ExDate).OrderBy(day => day.Key).Select(day => (
            new CashDividend(day.Key, day.Sum(report => report.Amount!.Value), day.First().Currency), day.First().Provider))];
    }

    private static ActionReport? OfDay(List<ActionReport> reports, ActionReport report) => reports.Find(other => other.ExDate == report.ExDate);

    private static int Distance(ActionReport one, ActionReport other) => Math.Abs(one.ExDate.DayNumber - other.ExDate.DayNumber);

    private static bool IsEqual(ActionReport one, ActionReport other) =>
        one.Amount == other.Amount && one.Currency == other.Currency && one.RecordDate == other.RecordDate && one.PayDate == other.PayDate;

    private IEnumerable<IReadOnlyList<ActionReport>> Clusters(IEnumerable<ActionReport> reports)
    {
        var cluster = new List<ActionReport>();
        foreach (var report in reports.OrderBy(report => report.ExDate).ThenBy(report => report.Id))
        {
            if (cluster.Count > 0 && !AreNear(cluster[^1].ExDate, report.ExDate))
            {
                yield return cluster;
                cluster = [];
            }

            cluster.Add(report);
        }

        if (cluster.Count > 0)
            yield return cluster;
    }

    // How far the overnight ratio is from what the split makes of the price, as a logarithm; null where the price, or that of the day before, is not
    // known.
    private static double? Misfit(IReadOnlyList<DayPrices> days, DateOnly date, double ratio)
    {
        for (var i = 1; i < days.Count; i++)
        {
            if (days[i].Date == date && date.DayNumber - days[i - 1].Date.DayNumber <= LongestClosure)
                return Math.Abs(Math.Log(days[i].Open / days[i - 1].Close * ratio));
        }

        return null;
    }

    private bool AreNear(DateOnly one, DateOnly other) => Sessions(Earlier(one, other), Later(one, other)) <= SameEventSessions + 1;

    // From a day to another, both included; not counted further than anybody asks.
    private int Sessions(DateOnly from, DateOnly to) => to.DayNumber - from.DayNumber > 4 * MovedSessions
        ? int.MaxValue
        : calendar.Expected(Midnight(from), Midnight(to.AddDays(1)), BarInterval.OneDay).Count();

    private static DateTime Midnight(DateOnly date) => date.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);

    // Official sources tell record and payment dates. Beyond that it is the same provider each time, and no more.
    private static (bool, string) Rank(ActionReport report) => (report is { RecordDate: null, PayDate: null }, report.Provider);

    private static DateOnly Earlier(DateOnly one, DateOnly other) => one < other ? one : other;

    private static DateOnly Later(DateOnly one, DateOnly other) => one > other ? one : other;
}
