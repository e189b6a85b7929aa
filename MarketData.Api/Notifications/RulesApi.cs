using MarketData.Api.Errors;
using MarketData.Api.Security;
using MarketData.Api.Watchlists;
using MarketData.Storage.Notifications;
using MarketData.Storage.Symbols;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace MarketData.Api.Notifications;

/// <summary>Of what, and whom, people are told: <c>/api/v1/notifications/rules</c>.</summary>
public static class RulesApi
{
    /// <summary>Maps the endpoints.</summary>
    public static RouteGroupBuilder MapRules(this RouteGroupBuilder rules)
    {
        rules.MapGet("/", GetAll).WithName("GetNotificationRules").WithSummary("Every rule, and how many things it holds of now");
        rules.MapPost("/", Create).MayFailWith(ProblemCodes.WatchlistNotFound, ProblemCodes.NameTaken).WithName("CreateNotificationRule")
            .WithSummary("Make a rule; what it holds of already is told at once");
        rules.MapGet("/{id}", Get).MayFailWith(ProblemCodes.RuleNotFound).WithName("GetNotificationRule").WithSummary("One rule");
        rules.MapPut("/{id}", Change).MayFailWith(ProblemCodes.RuleNotFound, ProblemCodes.WatchlistNotFound, ProblemCodes.NameTaken)
            .WithName("ChangeNotificationRule").WithSummary("Make a rule what the body says; what is left out is as in a new one");
        rules.MapDelete("/{id}", Delete).MayFailWith(ProblemCodes.RuleNotFound).WithName("DeleteNotificationRule")
            .WithSummary("Delete a rule; what it told stays on record");
        return rules;
    }

    private static async Task<Ok<NotificationRuleList>> GetAll(RuleStore rules, CancellationToken cancellationToken) =>
        TypedResults.Ok(new NotificationRuleList(await rules.ReadAllAsync(cancellationToken)));

    private static async Task<Results<Ok<NotificationRule>, ProblemHttpResult>> Get(
        [Description("The rule's number.")] long id, RuleStore rules, CancellationToken cancellationToken) =>
        await rules.ReadAsync(id, cancellationToken) is { } rule ? TypedResults.Ok(rule) : NotFound(id);

    private static async Task<Results<Created<NotificationRule>, ProblemHttpResult>> Create(
        NotificationRuleDefinition body, HttpContext context, RuleStore rules, ReceiverStore receivers, WatchlistStore watchlists,
        IOptions<QualityOptions> quality, CancellationToken cancellationToken)
    {
        if (await ObjectionAsync(body, receivers, watchlists, cancellationToken) is { } objection)
            return objection;
        var request = RuleReading.Request(body, quality.Value.MinimumScore);
        if (await rules.CreateAsync(request, context.Actor().Name, cancellationToken) is not { } rule)
            return Problems.NameTaken("rule", request.Name);
        Note(context, null, rule);
        return TypedResults.Created($"/api/v1/notifications/rules/{rule.Id}", rule);
    }

    private static async Task<Results<Ok<NotificationRule>, ProblemHttpResult>> Change(
        [Description("The rule's number.")] long id, NotificationRuleDefinition body, HttpContext context, RuleStore rules, ReceiverStore receivers,
        WatchlistStore watchlists, IOptions<QualityOptions> quality, CancellationToken cancellationToken)
    {
        if (await rules.ReadAsync(id, cancellationToken) is not { } before)
            return NotFound(id);
        if (await ObjectionAsync(body, receivers, watchlists, cancellationToken) is { } objection)
            return objection;
        var request = RuleReading.Request(body, quality.Value.MinimumScore);
        if (await rules.ChangeAsync(id, request, context.Actor().Name, cancellationToken) is not { } after)
            return Problems.NameTaken("rule", request.Name);
        Note(context, before, after);
        return TypedResults.Ok(after);
    }

    private static async Task<Results<Ok<NotificationRule>, ProblemHttpResult>> Delete(
        [Description("The rule's number.")] long id, HttpContext context, RuleStore rules, CancellationToken cancellationToken)
    {
        if (await rules.ReadAsync(id, cancellationToken) is not { } rule || !await rules.DeleteAsync(id, cancellationToken))
            return NotFound(id);
        context.Note($"rule \"{rule.Name}\" deleted");
        return TypedResults.Ok(rule);
    }

    private static async Task<ProblemHttpResult?> ObjectionAsync(
        NotificationRuleDefinition body, ReceiverStore receivers, WatchlistStore watchlists, CancellationToken cancellation)
    {
        if (RuleReading.Objections(body, await receivers.ReadAllAsync(cancellation)) is { Count: > 0 } objections)
            return Problems.Invalid(objections);
        return await RuleReading.HasWatchlistAsync(body, watchlists, cancellation) ? null : WatchlistChoice.NotFound(body.Watchlist!);
    }

    private static void Note(HttpContext context, NotificationRule? before, NotificationRule after) => context.Note(
        $"rule \"{before?.Name ?? after.Name}\"",
        ("name", before?.Name, after.Name), ("occasion", before?.Occasion, after.Occasion), ("watchlist", before?.Watchlist, after.Watchlist),
        ("after_minutes", before?.AfterMinutes, after.AfterMinutes), ("remind_hours", before?.RemindHours, after.RemindHours),
        ("minimum_score", before?.MinimumScore, after.MinimumScore),
        ("due_by", before?.DueBy, after.DueBy), ("zone", before?.Zone, after.Zone), ("timeframe", before?.Timeframe, after.Timeframe),
        ("is_enabled", before?.IsEnabled, after.IsEnabled), ("receivers", Numbers(before), Numbers(after)));

    private static string? Numbers(NotificationRule? rule) => rule is null ? null : string.Join(' ', rule.Receivers);

    private static ProblemHttpResult NotFound(long id) => Problems.Of(ProblemCodes.RuleNotFound, $"There is no notification rule of the number {id}.");
}
