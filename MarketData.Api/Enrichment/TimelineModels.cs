using MarketData.Api.Requests;
using MarketData.Storage.Dashboard;
using Microsoft.AspNetCore.Mvc;

namespace MarketData.Api.Enrichment;

/// <summary>Which symbols of a run to show.</summary>
public sealed record TimelineQuery(
    [property: FromRoute(Name = "job_id"), Description("The run.")] Guid JobId,
    [property: OneOf("queued", "running", "retrying", "succeeded", "failed", "cancelled"), Description("Only symbols in this state.")]
    string? Status,
    [property: WholeNumber(1, 1000)]
    [property: Description("At most so many symbols: those that run, wait for another attempt or have failed come first, then the newest.")]
    int Limit = 100);

/// <summary>A run over time: when each symbol waited, was worked on, and what was asked of providers for it.</summary>
/// <param name="JobId">The run.</param>
/// <param name="Asked">What it was asked for; null for runs of earlier releases.</param>
/// <param name="BeginsAt">When it was put on record, UTC.</param>
/// <param name="EndsAt">When it ended, UTC; null while it goes on.</param>
/// <param name="Now">The instant at which all of this was so, UTC.</param>
/// <param name="Jobs">Its symbols, in the order in which their work began; those that wait for their first attempt come last.</param>
/// <param name="Total">Symbols in that state, also those that are left out.</param>
public sealed record RunTimeline(
    Guid JobId, RunAsked? Asked, DateTime BeginsAt, DateTime? EndsAt, DateTime Now, IReadOnlyList<JobDetail> Jobs, int Total);

/// <summary>Which days to list.</summary>
public sealed record RunDaysQuery(
    [property: Description("The first day, UTC; 91 days before the last one when left out.")] Instant? From,
    [property: Description("The last day, UTC; today when left out.")] Instant? To);

/// <summary>The days on which runs were put on record.</summary>
/// <param name="From">The first day that was looked at, UTC.</param>
/// <param name="To">The last one.</param>
/// <param name="Days">Those with runs, earliest first.</param>
public sealed record RunDays(DateOnly From, DateOnly To, IReadOnlyList<RunDay> Days);

/// <summary>What cancelling one symbol's job came to.</summary>
/// <param name="Id">The job's own number.</param>
/// <param name="JobId">Its run.</param>
/// <param name="Symbol">Its symbol.</param>
/// <param name="Status">
/// <c>cancelled</c>; <c>running</c> when it was being worked on, and is broken off within seconds; or how it had ended before: <c>succeeded</c> or <c>failed</c>.
/// </param>
public sealed record JobCancelled(long Id, Guid JobId, string Symbol, string Status);

/// <summary>Which lines of a job's log to read.</summary>
public sealed record JobLogQuery(
    [property: Range(typeof(long), "1", "9223372036854775807", ErrorMessage = "must be a whole number from 1.")]
    [property: Description("The job's own number.")]
    long Id,
    [property: OneOf("debug", "information", "warning", "error"), Description("Only lines of this level or above.")] string? Level,
    NumberCursor? Cursor,
    [property: WholeNumber(1, 1000), Description("Lines on a page.")] int Limit = 200);

/// <summary>Lines that were logged while a job was worked on, oldest first.</summary>
/// <param name="Items">The lines.</param>
/// <param name="NextCursor">Where the next page begins; null on the last one.</param>
public sealed record JobLogPage(IReadOnlyList<JobLogEntry> Items, string? NextCursor);
