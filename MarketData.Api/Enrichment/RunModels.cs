using MarketData.Api.Requests;
using Microsoft.AspNetCore.Mvc;

namespace MarketData.Api.Enrichment;

/// <summary>Which runs to list.</summary>
public sealed record HistoryQuery(
    TimeCursor? Cursor,
    [property: Description("Only runs without a failed symbol (true), or only those with one (false).")] bool? Success,
    [property: Text(20), Description("Only runs with this symbol, in any case.")] string? Symbol,
    [property: Description("Only what was put on record at or after this instant.")] Instant? From,
    [property: Description("Only what was put on record before this instant.")] Instant? To,
    [property: WholeNumber(1, 500), Description("Runs on a page.")] int Limit = 50);

/// <summary>Which jobs to list.</summary>
public sealed record JobsQuery(
    [property: OneOf("queued", "running", "retrying", "succeeded", "failed", "cancelled", "open")]
    [property: Description("Only jobs in this state; `open` is queued, running and retrying together.")]
    string? Status,
    [property: Text(20), Description("Only jobs with this symbol, in any case.")] string? Symbol,
    [property: FromQuery(Name = "job_id"), Description("Only jobs of this run.")] Guid? JobId,
    [property: FromQuery(Name = "min_attempts"), WholeNumber(1, 100), Description("Only jobs that began at least so many attempts.")] int? MinAttempts,
    [property: FromQuery(Name = "longer_than_seconds"), WholeNumber(0, 1_000_000), Description("Only jobs that were worked on for longer.")]
    int? LongerThanSeconds,
    [property: Description("Only what was put on record at or after this instant.")] Instant? From,
    [property: Description("Only what was put on record before this instant.")] Instant? To,
    NumberCursor? Cursor,
    [property: WholeNumber(1, 500), Description("Jobs on a page.")] int Limit = 50);
