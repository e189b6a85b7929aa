using System.Diagnostics.CodeAnalysis;
using MarketData.Api.Requests;
using MarketData.Storage.Dashboard;
using Microsoft.AspNetCore.Mvc;

namespace MarketData.Api.Enrichment;

/// <summary>Which runs to list.</summary>
public sealed record HistoryQuery(
    TimeCursor? Cursor,
    [property: Description("Only runs without a failed symbol (true), or only those with one (false).")] bool? Success,
    [property: Text(20), Description("Only runs with this symbol, in any case.")] string? Symbol,
    [property: Description("Only what was put on record at or after this instant.")] Instant? From,
    [property: Description("Only what was put on record before this instant; a date alone means through that day.")] Instant? To,
    [property: WholeNumber(1, 500), Description("Runs on a page.")] int Limit = 50);

/// <summary>A page of runs, newest first.</summary>
/// <param name="Items">The runs.</param>
/// <param name="NextCursor">Where the next page begins; null on the last one.</param>
/// <param name="Total">Runs that match, on all pages.</param>
public sealed record RunPage(IReadOnlyList<RunSummary> Items, string? NextCursor, long Total);

/// <summary>A run with its symbols.</summary>
public sealed record RunDetail : RunSummary
{
    [SetsRequiredMembers]
    internal RunDetail(RunSummary run, RunProgress progress, IReadOnlyList<JobSummary> jobs)
        : base(run)
    {
        Progress = progress;
        Stuck = progress.State == "stopped";
        Symbols = jobs;
    }

    /// <summary>How far it has got.</summary>
    public RunProgress Progress { get; init; }

    /// <summary>Whether it is open though no node lives.</summary>
    public bool Stuck { get; init; }

    /// <summary>Its symbols, each with its job.</summary>
    public IReadOnlyList<JobSummary> Symbols { get; init; }
}

/// <summary>What cancelling a run came to.</summary>
/// <param name="JobId">The run.</param>
/// <param name="Status">The run's status now; it stays <c>running</c> until the symbols being worked on are done.</param>
/// <param name="SymbolsCancelled">Queued symbols that were cancelled.</param>
/// <param name="StillRunning">Symbols that were running and will finish.</param>
public sealed record RunCancelled(Guid JobId, string Status, int SymbolsCancelled, int StillRunning);

/// <summary>Which jobs to list.</summary>
public sealed record JobsQuery(
    [property: OneOf("queued", "running", "retrying", "succeeded", "failed", "cancelled", "open")]
    [property: Description("Only jobs in this state; `open` is queued, running and retrying together.")]
    string? Status,
    [property: Text(20), Description("Only jobs with this symbol, in any case.")] string? Symbol,
    [property: FromQuery(Name = "job_id"), Description("Only jobs of this run.")] Guid? JobId,
    [property: FromQuery(Name = "min_attempts"), WholeNumber(1, 100), Description("Only jobs that began at least so many attempts.")]
    int? MinAttempts,
    [property: FromQuery(Name = "longer_than_seconds"), WholeNumber(0, 1_000_000), Description("Only jobs that were worked on for longer.")]
    int? LongerThanSeconds,
    [property: Description("Only what was put on record at or after this instant.")] Instant? From,
    [property: Description("Only what was put on record before this instant; a date alone means through that day.")] Instant? To,
    NumberCursor? Cursor,
    [property: WholeNumber(1, 500), Description("Jobs on a page.")] int Limit = 50);

/// <summary>A page of jobs, newest first.</summary>
/// <param name="Items">The jobs.</param>
/// <param name="NextCursor">Where the next page begins; null on the last one.</param>
/// <param name="Total">Jobs that match, counted up to 10,000.</param>
/// <param name="TotalIsMinimum">Whether more than 10,000 match.</param>
public sealed record JobPage(IReadOnlyList<JobSummary> Items, string? NextCursor, long Total, bool TotalIsMinimum);
