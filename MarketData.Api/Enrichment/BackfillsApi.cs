using System.Diagnostics;
using MarketData.Api.Errors;
using MarketData.Api.Requests;
using MarketData.Api.Security;
using MarketData.Storage.Dashboard;
using MarketData.Storage.Enrichment;
using MarketData.Storage.Keys;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketData.Api.Enrichment;

/// <summary>Backfills, planned, begun, followed, cancelled and resumed: <c>/api/v1/enrichment/backfills</c>.</summary>
public static class BackfillsApi
{
    private static readonly TimeSpan WaitLimit = TimeSpan.FromSeconds(9);

    /// <summary>Maps the endpoints.</summary>
    public static RouteGroupBuilder MapBackfills(this RouteGroupBuilder group)
    {
        group.MapPost("/backfills/plan", Plan).MayFailWith(
                ProblemCodes.NothingQueued, ProblemCodes.TimeframeNotTracked, ProblemCodes.WatchlistNotFound, ProblemCodes.SymbolNotTracked,
                ProblemCodes.NoNode)
            .RequireScope(Scopes.Enrich).WithName("PlanBackfill").WithSummary("What a backfill would take, in requests and time; nothing begins");
        group.MapPost("/backfills", Begin).MayFailWith(
                ProblemCodes.NothingQueued, ProblemCodes.TimeframeNotTracked, ProblemCodes.IdempotencyKeyUsed, ProblemCodes.WatchlistNotFound,
                ProblemCodes.SymbolNotTracked)
            .RequireScope(Scopes.Enrich).WithName("BeginBackfill").WithSummary("Fetch a range of the past");
        group.MapGet("/backfills", GetBackfills).WithName("GetBackfills").WithSummary("Backfills, newest first");
        group.MapGet("/backfills/{id}", GetBackfill).MayFailWith(ProblemCodes.BackfillNotFound)
            .WithName("GetBackfill").WithSummary("A backfill with its progress by interval and month, and what of it failed");
        group.MapPost("/backfills/{id}/resume", Resume).MayFailWith(ProblemCodes.BackfillNotFound, ProblemCodes.NothingToResume)
            .RequireScope(Scopes.Enrich).WithName("ResumeBackfill").WithSummary("Go on with what of a backfill failed or was cancelled");
        group.MapDelete("/backfills/{id}", Cancel).MayFailWith(ProblemCodes.BackfillNotFound)
            .RequireScope(Scopes.Enrich).WithName("CancelBackfill").WithSummary("Cancel what of a backfill is not stored yet");
        return group;
    }

    private static async Task<Results<Ok<BackfillPlan>, ProblemHttpResult>> Plan(
        TriggerRequest body, TriggerCheck check, BackfillPlanStore plans, CancellationToken cancellationToken)
    {
        if (RangeObjection(body) is { } objection)
            return objection;
        var (asked, problem) = await check.CheckAsync(Nothing(null), body, cancellationToken);
        if (asked is null)
            return problem!;
        return await plans.AskAsync(asked, WaitLimit, cancellationToken) switch
        {
            ({ Symbols: 0 }, _) => Problems.Of(ProblemCodes.NothingQueued, ControlApi.NothingMatches),
            ({ } plan, _) => TypedResults.Ok(plan),
            (null, true) => Problems.Of(
                ProblemCodes.NoNode, $"No enrichment node answered within {WaitLimit.TotalSeconds:0} s; ask again, or look at the nodes' logs."),
            (null, false) => Problems.Of(
                ProblemCodes.NoNode,
                "No enrichment node is live, and only nodes know what each provider serves. A backfill can be begun all the same: it waits for one."),
        };
    }

    private static async Task<Results<Accepted<BackfillAccepted>, ProblemHttpResult>> Begin(
        [AsParameters] OnceOnly once,
        TriggerRequest body,
        HttpContext context,
        TriggerCheck check,
        RunStore runs,
        IdempotentRuns repeatable,
        BackfillReader reader,
        CancellationToken cancellationToken)
    {
        if (RangeObjection(body) is { } objection)
            return objection;
        var (ticket, problem) = await ControlApi.QueueAsync(
            Nothing(once.IdempotencyKey), body, context, check, runs, repeatable, cancellationToken);
        if (problem is not null)
            return problem;
        return ticket!.JobId is { } run && await reader.OfRunAsync(run, cancellationToken) is { } id
            ? Accepted(id, ticket)
            : Problems.Of(ProblemCodes.NothingQueued, ControlApi.NothingMatches);
    }

    private static async Task<Ok<BackfillPage>> GetBackfills(
        [AsParameters] BackfillsQuery query, HttpRequest request, BackfillReader reader, CancellationToken cancellationToken)
    {
        var before = query.Cursor is { } cursor ? (cursor.At, cursor.Id) : default((DateTime, Guid)?);
        var (rows, total) = await reader.ReadPageAsync(before, query.Limit + 1, cancellationToken);
        IReadOnlyList<BackfillSummary> items = [.. rows.Take(query.Limit)];
        var next = rows.Count > query.Limit ? new TimeCursor(items[^1].CreatedAt, items[^1].Id, CursorQuery.Of(request)).ToString() : null;
        return TypedResults.Ok(new BackfillPage(items, next, total));
    }

    private static async Task<Results<Ok<BackfillDetail>, ProblemHttpResult>> GetBackfill(
        [Description("The backfill.")] Guid id, BackfillReader reader, RunReader runs, SchedulerStore scheduler, TimeProvider time,
        CancellationToken cancellationToken)
    {
        if (await reader.ReadAsync(id, cancellationToken) is not var (backfill, parts, itsRuns, plan, spent))
            return NoSuchBackfill(id);
        var heldUpBy = (await scheduler.ReadAsync(cancellationToken)).Paused ? "paused"
            : await runs.IsAnyNodeAliveAsync(cancellationToken) ? null
            : "no_node";
        return TypedResults.Ok(new BackfillDetail(backfill, parts, itsRuns, plan, spent, heldUpBy, time.GetUtcNow().UtcDateTime));
    }

    private static async Task<Results<Accepted<BackfillAccepted>, ProblemHttpResult>> Resume(
        [Description("The backfill.")] Guid id, HttpContext context, RunStore runs, CancellationToken cancellationToken)
    {
        if (await runs.ResumeBackfillAsync(id, context.Actor().Name, Activity.Current?.Id, cancellationToken) is not { } ticket)
            return NoSuchBackfill(id);
        if (ticket.JobId is null)
        {
            return Problems.Of(
                ProblemCodes.NothingToResume, $"No series of the backfill {id} has failed or was cancelled, so there is nothing to resume.");
        }

        context.Note($"backfill {id} resumed in run {ticket.JobId}, {ticket.Queued.Count} symbols queued");
        return Accepted(id, ticket);
    }

    private static async Task<Results<Ok<BackfillCancelled>, ProblemHttpResult>> Cancel(
        [Description("The backfill.")] Guid id, HttpContext context, RunStore runs, CancellationToken cancellationToken)
    {
        if (await runs.CancelBackfillAsync(id, cancellationToken) is not var (cancelled, stillRunning))
            return NoSuchBackfill(id);
        context.Note($"backfill {id}: {cancelled} symbols cancelled, {stillRunning} still running");
        return TypedResults.Ok(new BackfillCancelled(id, cancelled, stillRunning));
    }

    private static Accepted<BackfillAccepted> Accepted(Guid id, RunTicket ticket) => TypedResults.Accepted(
        $"/api/v1/enrichment/backfills/{id}",
        new BackfillAccepted(id, ticket.Queued.Count > 0 ? "queued" : "already_running", ticket.JobId!.Value, ticket.Queued, ticket.AlreadyRunning));

    // Without a range it would be an ordinary run.
    private static ProblemHttpResult? RangeObjection(TriggerRequest body) =>
        body.From is null && body.To is null
        ? Problems.Invalid(new()
        {
            ["from"] = ["'from' is needed: the start of the range, such as 2016-01-01."],
            ["to"] = ["'to' is needed: the end of the range; until now is asked for with the present time or today's date."],
        })
        : null;

    private static TriggerQuery Nothing(string? idempotencyKey) => new(null, null, null, null, null, idempotencyKey);

    private static ProblemHttpResult NoSuchBackfill(Guid id) => Problems.Of(ProblemCodes.BackfillNotFound, $"There is no backfill {id}.");
}
