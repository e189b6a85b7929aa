using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MarketData.Api.Errors;
using MarketData.Api.Security;
using MarketData.Domain.Candles;
using MarketData.Storage.Dashboard;
using MarketData.Storage.Enrichment;
using MarketData.Storage.Keys;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace MarketData.Api.Enrichment;

/// <summary>Steering enrichment: <c>/api/v1/enrichment/trigger</c>, <c>/retry-failed</c>, <c>/pause</c> and <c>/resume</c>.</summary>
public static class ControlApi
{
    // When GET ceased to be the way to pause and resume, as RFC 9745 writes it: 2026-01-01.
    private const string DeprecatedSince = "@1767225600";

    internal const string NothingMatches = "No active symbol matches, so nothing was queued.";

    /// <summary>Maps the endpoints.</summary>
    public static RouteGroupBuilder MapControl(this RouteGroupBuilder group)
    {
        group.MapPost("/trigger", Trigger).MayFailWith(
                ProblemCodes.NothingQueued, ProblemCodes.TimeframeNotTracked, ProblemCodes.IdempotencyKeyUsed, ProblemCodes.WatchlistNotFound,
                ProblemCodes.SymbolNotTracked)
            .RequireScope(Scopes.Enrich).WithName("Trigger").WithSummary("Enrich now, or backfill a range");
        group.MapPost("/retry-failed", RetryFailed).MayFailWith(ProblemCodes.RunNotFound, ProblemCodes.NothingFailed)
            .RequireScope(Scopes.Enrich).WithName("RetryFailed").WithSummary("Try failed symbols again");
        group.MapPost("/pause", Pause).RequireScope(Scopes.Enrich).WithName("Pause").WithSummary("Hold back new jobs, on every node");
        group.MapPost("/resume", Resume).RequireScope(Scopes.Enrich).WithName("Resume").WithSummary("Go on with what is due");
        group.MapGet("/pause", Pause).AddEndpointFilter(MarkDeprecated).RequireScope(Scopes.Enrich).WithName("PauseByGet")
            .WithSummary("Pause, as older clients call it");
        group.MapGet("/resume", Resume).AddEndpointFilter(MarkDeprecated).RequireScope(Scopes.Enrich).WithName("ResumeByGet")
            .WithSummary("Resume, as older clients call it");
        return group;
    }

    private static async Task<Results<Accepted<TriggerAccepted>, ProblemHttpResult>> Trigger(
        [AsParameters] TriggerQuery query,
        TriggerRequest? body,
        HttpContext context,
        TriggerCheck check,
        RunStore runs,
        IdempotentRuns repeatable,
        CancellationToken cancellationToken)
    {
        var (ticket, problem) = await QueueAsync(query, body, context, check, runs, repeatable, cancellationToken);
        return problem ?? Accepted(ticket!, Problems.Of(ProblemCodes.NothingQueued, NothingMatches));
    }

    /// <summary>Queues what is asked for, once for each <c>Idempotency-Key</c>, and says so in the audit.</summary>
    /// <returns>What was queued, or the answer that refuses it.</returns>
    internal static async Task<(RunTicket? Ticket, ProblemHttpResult? Problem)> QueueAsync(
        TriggerQuery query, TriggerRequest? body, HttpContext context, TriggerCheck check, RunStore runs, IdempotentRuns repeatable,
        CancellationToken cancellationToken)
    {
        // A body that says "null" is none to the framework, and would queue everything.
        if (body is null && context.Features.GetRequiredFeature<IHttpRequestBodyDetectionFeature>().CanHaveBody)
            return (null, Problems.Invalid("body", "The body must be a JSON object."));
        // A repetition is answered before it is judged: what it names may be gone by now, and the first time it was there.
        var repeatKey = KeyOf(query, body ?? new(), context);
        if (repeatKey is not null && await repeatable.FindAsync(repeatKey, cancellationToken) is (true, var first))
            return first is null ? (null, UsedForAnother()) : (first, null);
        var (asked, problem) = await check.CheckAsync(query, body ?? new(), cancellationToken);
        if (asked is null)
            return (null, problem);
        asked = asked with { RequestedBy = context.Actor().Name, TraceParent = Activity.Current?.Id };
        var ticket = repeatKey is null
            ? await runs.CreateAsync(asked, cancellationToken)
            : await repeatable.CreateAsync(asked, repeatKey, cancellationToken);
        if (ticket is null)
            return (null, UsedForAnother());
        var tracked = asked.Track ? $", tracking {string.Join(' ', asked.Timeframes!)} from now on" : "";
        if (ticket.JobId is not null)
            context.Note($"{ticket.Queued.Count} symbols queued in run {ticket.JobId}, {ticket.AlreadyRunning.Count} joined{tracked}");
        return (ticket, null);
    }

    private static IdempotencyKey? KeyOf(TriggerQuery query, TriggerRequest body, HttpContext context)
    {
        if (query.IdempotencyKey is not { Length: > 0 } name)
            return null;
        var asked = JsonSerializer.SerializeToUtf8Bytes(TriggerCheck.AsAsked(query, body));
        var watchlist = (query.Watchlist ?? body.Watchlist)?.ToLowerInvariant();
        return new(name, context.CallerId(), SHA256.HashData(watchlist is null ? asked : [.. asked, .. Encoding.UTF8.GetBytes(watchlist)]));
    }

    private static ProblemHttpResult UsedForAnother() => Problems.Of(
        ProblemCodes.IdempotencyKeyUsed,
        "This Idempotency-Key was used for another request.",
        new() { ["Idempotency-Key"] = ["was used for another request within 24 hours; choose a new one."] });

    private static async Task<Results<Accepted<TriggerAccepted>, ProblemHttpResult>> RetryFailed(
        [FromQuery(Name = "job_id"), Description("Only the failed symbols of this run; every symbol in error when left out.")] Guid? jobId,
        [FromQuery(Name = "symbols"), Description("Only these of them, in any case; repeat it for more.")] Symbol[]? symbols,
        HttpContext context,
        RunStore runs,
        SymbolStatusReader statuses,
        CancellationToken cancellationToken)
    {
        var (by, trace) = (context.Actor().Name, Activity.Current?.Id);
        // A list that is not given comes as an empty one.
        string[]? only = symbols is { Length: > 0 } ? [.. symbols.Select(symbol => symbol.Value)] : null;
        var which = only is null ? "No symbol" : "None of these symbols";
        if (jobId is { } id)
        {
            return await runs.RetryFailedAsync(id, only, by, trace, cancellationToken) is { } again
                ? Accepted(again, Problems.Of(ProblemCodes.NothingFailed, $"{which} of the run {id} has failed, so there is nothing to try again."))
                : Problems.Of(ProblemCodes.RunNotFound, $"There is no run {id}.");
        }

        var failed = await statuses.ReadAllAsync(new SymbolFilter { Active = true, Status = "error" }, cancellationToken);
        var ticket = await runs.CreateAsync(
            new() { Trigger = RunTrigger.Retry, Symbols = [.. failed.Select(symbol => symbol.Symbol).Where(symbol => only?.Contains(symbol) ?? true)], RequestedBy = by, TraceParent = trace },
            cancellationToken);
        return Accepted(ticket, Problems.Of(ProblemCodes.NothingFailed, $"{which} is in error, so there is nothing to try again."));
    }

    private static async Task<Ok<SchedulerState>> Pause(
        HttpContext context, SchedulerStore scheduler, CancellationToken cancellationToken)
    {
        var before = await scheduler.ReadAsync(cancellationToken);
        var after = await scheduler.PauseAsync(context.Actor().Name, cancellationToken);
        context.Note("scheduler", ("paused", before.Paused, after.Paused));
        return TypedResults.Ok(SchedulerState.From(after));
    }

    private static async Task<Ok<SchedulerState>> Resume(
        HttpContext context, SchedulerStore scheduler, CancellationToken cancellationToken)
    {
        var before = await scheduler.ReadAsync(cancellationToken);
        var after = await scheduler.ResumeAsync(context.Actor().Name, cancellationToken);
        context.Note("scheduler", ("paused", before.Paused, after.Paused));
        return TypedResults.Ok(SchedulerState.From(after));
    }

    private static ValueTask<object?> MarkDeprecated(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        context.HttpContext.Response.Headers["Deprecation"] = DeprecatedSince;
        return next(context);
    }

    private static Results<Accepted<TriggerAccepted>, ProblemHttpResult> Accepted(RunTicket ticket, ProblemHttpResult nothingQueued) =>
        ticket.JobId is { } id
        ? TypedResults.Accepted(
            $"/api/v1/enrichment/runs/{id}",
            new TriggerAccepted(id, ticket.Queued.Count > 0 ? "queued" : "already_running", ticket.Queued, ticket.AlreadyRunning))
        : nothingQueued;
}
