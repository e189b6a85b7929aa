using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using MarketData.Domain.Validation;
using MarketData.Storage.Candles;
using MarketData.Storage.Schema;
using Microsoft.Extensions.Options;

namespace MarketData.Enrichment.Pipeline;

/// <summary>
/// Builds weeks of the days that are stored, where providers are not asked for them (<see cref="BarIntervals.IsBuiltOfDays"/>): they begin
/// weeks on other days than Monday, and a week that was adjusted by them can't be turned back when a split lies within it.
/// </summary>
public sealed class WeekBuilder(
    SeriesReader series, WindowReader windows, IOptions<HistoryOptions> history, IOptions<StorageOptions> storage)
{
    // So long after its end, a week in which its series ended gets no more days.
    private static readonly TimeSpan AfterEnd = TimeSpan.FromDays(14);

    /// <summary>
    /// The weeks to build, from the first that is new, was asked for, or has days that changed, to the last of which the days are there;
    /// null when there are none.
    /// </summary>
    internal async Task<(DateTime From, DateTime To)?> PlanAsync(SeriesJob job, CancellationToken cancellation)
    {
        var days = await series.StateAsync(job.Instrument, BarInterval.OneDay, cancellation);
        if (days is not { FirstTs: { } firstDay, LastTs: { } lastDay })
            return null;
        var from = MondayOf(Begins(job, firstDay).Min()!.Value);
        // What is older is forgotten.
        if (storage.Value.Retention.KeptFrom(BarInterval.OneWeek, job.Now) is { } kept && from < kept)
            from = MondayOf(kept.AddDays(6));
        var last = job.Calendar.LastClosed(job.Now, BarInterval.OneWeek);
        while (last >= from && !IsComplete(job, last, lastDay))
            last = job.Calendar.Previous(last, BarInterval.OneWeek);
        return last >= from ? (from, last.AddMicroseconds(1)) : null;
    }

    /// <summary>Builds the weeks that begin in a range, and puts them in the place of those that are stored.</summary>
    internal async Task<CandleWindow> BuildAsync(
        SeriesJob job, (DateTime From, DateTime To) range, ScoringContext context, CancellationToken cancellation)
    {
        var symbol = job.Instrument.Symbol;
        var days = await series.RangeAsync(symbol, BarInterval.OneDay, range.From, range.To.AddDays(7), cancellation);
        var first = (await series.StateAsync(job.Instrument, BarInterval.OneDay, cancellation)).FirstTs;
        // Where weeks are kept longer than days, the days of the first week may be gone in part.
        var weeks = days.GroupBy(day => MondayOf(day.Candle.Timestamp))
            .Where(week => week.Key < range.To && !(week.Key < first && job.State.FirstTs < week.Key))
            .Select(week => Build(job, week.Key, [.. week], first))
            .ToArray();
        return await windows.ReadAsync(
            job, range.From, range.To, context,
            (before, stored, after) => CandleWindow.Replace(before, stored, after, weeks), cancellation);
    }

    private IEnumerable<DateTime?> Begins(SeriesJob job, DateTime firstDay)
    {
        if (job.State.LastTs is { } lastWeek)
            return [job.Calendar.Next(lastWeek, BarInterval.OneWeek), job.State.ProvisionalFrom, job.Progress.Job.RangeFrom];
        var begin = job.Now.Date.AddDays(-history.Value.For(BarInterval.OneWeek));
        // A backfill is asked for what lies before the usual history.
        if (job.Progress.Job.RangeFrom is { } asked && asked < begin)
            begin = asked;
        return [begin > firstDay ? begin : firstDay];
    }

    private static bool IsComplete(SeriesJob job, DateTime week, DateTime lastDay) =>
        job.Calendar.Previous(week.AddDays(7), BarInterval.OneDay) <= lastDay
        || job.Calendar.CloseOf(week, BarInterval.OneWeek) + AfterEnd <= job.Now;

    // What is said of how a day was got holds for its week. Days before the series' first are not missing.
    private static StoredCandle Build(SeriesJob job, DateTime monday, StoredCandle[] days, DateTime? first)
    {
        var issues = CandleIssues.None;
        foreach (var day in days)
            issues |= day.Issues & CandleWindow.Acquirements;
        var expected = job.Calendar.CountExpected(first > monday ? first.Value : monday, monday.AddDays(7), BarInterval.OneDay);
        if (days.Length < expected)
            issues |= CandleIssues.Incomplete;
        var week = Candle.Combine(monday, [.. days.Select(day => day.Candle)]);
        return new StoredCandle(week, days[^1].Source, issues, ValidationRules.Score(issues));
    }

    private static DateTime MondayOf(DateTime instant) =>
        TradingCalendar.MondayOf(DateOnly.FromDateTime(instant)).ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
}
