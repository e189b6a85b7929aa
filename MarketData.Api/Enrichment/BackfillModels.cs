using System.Diagnostics.CodeAnalysis;
using MarketData.Api.Requests;
using MarketData.Storage.Dashboard;
using MarketData.Storage.Enrichment;
using Microsoft.AspNetCore.Mvc;

namespace MarketData.Api.Enrichment;

/// <summary>Which backfills to list.</summary>
public sealed record BackfillsQuery(
    TimeCursor? Cursor,
    [property: WholeNumber(1, 100), Description("Backfills on a page.")] int Limit = 20);

/// <summary>A name for a request that must not be done twice.</summary>
public sealed record OnceOnly(
    [property: FromHeader(Name = "Idempotency-Key")]
    [property: RegularExpression("^[!-~]{0,200}$", ErrorMessage = "must be at most 200 visible ASCII characters without spaces.")]
    [property: Description("A name for this request, chosen by the caller: within 24 hours a repetition changes nothing and gets the first one's "
        + "answer.")]
    string? IdempotencyKey);

/// <summary>A backfill that is on record and will be worked on.</summary>
/// <param name="Id">The backfill. When every symbol was queued or running already for that range: the one that it is part of.</param>
/// <param name="Status"><c>queued</c>; or <c>already_running</c> when every symbol was queued or running already.</param>
/// <param name="JobId">The run that works on it now.</param>
/// <param name="SymbolsQueued">Symbols that were queued.</param>
/// <param name="AlreadyRunning">Symbols whose job for that range, queued or running already, was joined.</param>
public sealed record BackfillAccepted(
    Guid Id, string Status, Guid JobId, IReadOnlyList<string> SymbolsQueued, IReadOnlyList<string> AlreadyRunning);

/// <summary>A page of backfills, newest first.</summary>
/// <param name="Items">The backfills.</param>
/// <param name="NextCursor">Where the next page begins; null on the last one.</param>
/// <param name="Total">Backfills on all pages.</param>
public sealed record BackfillPage(IReadOnlyList<BackfillSummary> Items, string? NextCursor, long Total);

/// <summary>A backfill with its progress, what of it failed, and its runs.</summary>
public sealed record BackfillDetail : BackfillSummary
{
    // Whoever has more to look at reads the runs' jobs.
    private const int MostParts = 500;

    // Of less the pace can't be told.
    private const double LeastGain = 0.01;

    [SetsRequiredMembers]
    internal BackfillDetail(
        BackfillSummary backfill, IReadOnlyList<BackfillPart> parts, IReadOnlyList<BackfillRun> runs, BackfillPlan? plan, BackfillSpent spent,
        string? heldUpBy, DateTime now)
        : base(backfill)
    {
        var failed = parts.Where(part => part.Status is "failed" or "retrying").ToList();
        HeldUpBy = backfill.Status is "queued" or "running" ? heldUpBy : null;
        EstimatedCompletion = HeldUpBy is null ? Estimate(backfill, runs, now) : null;
        Plan = plan;
        Spent = spent;
        Intervals = BackfillInterval.Of(backfill, parts);
        FailedParts = [.. failed.Take(MostParts)];
        FailedPartsTotal = failed.Count;
        Runs = runs;
    }

    /// <summary>
    /// Why nothing goes on though it is not done: <c>paused</c> or <c>no_node</c>; null while work may go on, or when it has ended.
    /// </summary>
    public string? HeldUpBy { get; init; }

    /// <summary>When it will end at the pace of its newest run, UTC; null until that can be told, or when it has ended.</summary>
    public DateTime? EstimatedCompletion { get; init; }

    /// <summary>
    /// What all of it was estimated to take when it was begun; null until a node has estimated it, and for those that ended before estimates were kept.
    /// </summary>
    public BackfillPlan? Plan { get; init; }

    /// <summary>What it has taken so far.</summary>
    public BackfillSpent Spent { get; init; }

    /// <summary>Its progress by interval, the shortest first, and by month.</summary>
    public IReadOnlyList<BackfillInterval> Intervals { get; init; }

    /// <summary>Its series that failed or are tried again, each with the part that is missing; up to 500.</summary>
    public IReadOnlyList<BackfillPart> FailedParts { get; init; }

    /// <summary>How many series failed or are tried again.</summary>
    public int FailedPartsTotal { get; init; }

    /// <summary>Its runs, the newest first: the one that began it last.</summary>
    public IReadOnlyList<BackfillRun> Runs { get; init; }

    // What earlier runs did says nothing of how fast this one is.
    private static DateTime? Estimate(BackfillSummary backfill, IReadOnlyList<BackfillRun> runs, DateTime now)
    {
        if (backfill.Status != "running" || runs is not [{ StartedAt: { } started, CompletedAt: null } newest, ..])
            return null;
        var before = runs.Count == 1 ? 0 : newest.ProgressBefore;
        return backfill.Progress - before is { } gained && gained > LeastGain * (1 - before)
            ? now + ((now - started) * ((1 - backfill.Progress) / gained))
            : null;
    }
}

/// <summary>How far one interval of a backfill is.</summary>
/// <param name="Timeframe">The interval.</param>
/// <param name="SeriesTotal">Its series.</param>
/// <param name="SeriesCompleted">Those of which everything is stored.</param>
/// <param name="SeriesFailed">Those that failed.</param>
/// <param name="Months">Each calendar month of the range, UTC, in order.</param>
public sealed record BackfillInterval(
    string Timeframe, int SeriesTotal, int SeriesCompleted, int SeriesFailed, IReadOnlyList<BackfillMonth> Months)
{
    internal static IReadOnlyList<BackfillInterval> Of(BackfillSummary backfill, IReadOnlyList<BackfillPart> parts) =>
    [
        .. backfill.Timeframes
            .Select(timeframe => (timeframe, Parts: parts.Where(part => part.Timeframe == timeframe).ToList()))
            .Select(one => new BackfillInterval(
                one.timeframe, one.Parts.Count, one.Parts.Count(part => part.Status == "completed"), one.Parts.Count(part => part.Status == "failed"),
                MonthsOf(backfill, one.Parts))),
    ];

    private static BackfillMonth[] MonthsOf(BackfillSummary backfill, List<BackfillPart> parts)
    {
        var first = FirstOf(backfill.From);
        var months = new (int Series, int Completed, int Failed)[Between(first, FirstOf(backfill.To.AddTicks(-1))) + 1];
        foreach (var part in parts)
        {
            var (from, to) = (Later(part.From ?? backfill.From, backfill.From), Earlier(part.To ?? backfill.To, backfill.To));
            if (from >= to)
                continue;
            var reached = part.Status == "completed" ? to : part.Reached ?? from;
            for (var month = FirstOf(from); month < to; month = month.AddMonths(1))
            {
                var isCompleted = reached >= Earlier(month.AddMonths(1), to);
                ref var sum = ref months[Between(first, month)];
                sum = (sum.Series + 1, sum.Completed + (isCompleted ? 1 : 0), sum.Failed + (!isCompleted && part.Status == "failed" ? 1 : 0));
            }
        }

        return [.. months.Select((sum, i) => new BackfillMonth(DateOnly.FromDateTime(first.AddMonths(i)), sum.Series, sum.Completed, sum.Failed))];
    }

    private static DateTime FirstOf(DateTime instant) => new(instant.Year, instant.Month, 1, 0, 0, 0, DateTimeKind.Utc);

    private static int Between(DateTime first, DateTime month) => ((month.Year - first.Year) * 12) + month.Month - first.Month;

    private static DateTime Earlier(DateTime one, DateTime other) => one < other ? one : other;

    private static DateTime Later(DateTime one, DateTime other) => one > other ? one : other;
}

/// <summary>One month of one interval.</summary>
/// <param name="Month">The month's first day.</param>
/// <param name="Series">Series that have anything to fetch in it.</param>
/// <param name="Completed">Those of which all of the month is stored, as far as it lies in the range.</param>
/// <param name="Failed">Those of which it is missing, and that failed.</param>
public sealed record BackfillMonth(DateOnly Month, int Series, int Completed, int Failed);

/// <summary>What cancelling a backfill came to. What is stored stays, and <c>resume</c> goes on behind it.</summary>
/// <param name="Id">The backfill.</param>
/// <param name="SymbolsCancelled">Queued symbols that were cancelled.</param>
/// <param name="StillRunning">Symbols that end before their next step.</param>
public sealed record BackfillCancelled(Guid Id, int SymbolsCancelled, int StillRunning);
