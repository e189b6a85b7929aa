using MarketData.Api.Errors;
using MarketData.Api.Security;
using MarketData.Storage.Notifications;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketData.Api.Notifications;

/// <summary>Whom messages go to: <c>/api/v1/notifications/receivers</c>.</summary>
public static class ReceiversApi
{
    // A node that lives begins within a moment, and gives a receiver fifteen seconds where nothing else is set.
    private static readonly TimeSpan WaitForNode = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan WaitForReceiver = TimeSpan.FromSeconds(20);

    private static readonly MessageText Test = new(
        "A test of notifications", "Somebody asked for this on the dashboard or over the API, to see whether messages come here. They do.");

    /// <summary>Maps the endpoints.</summary>
    public static RouteGroupBuilder MapReceivers(this RouteGroupBuilder receivers)
    {
        receivers.MapGet("/", GetAll).WithName("GetNotificationReceivers").WithSummary("Every receiver, without its secrets");
        receivers.MapPost("/", Create).MayFailWith(ProblemCodes.NameTaken).WithName("CreateNotificationReceiver")
            .WithSummary("Make a receiver; what a webhook's messages are signed with is shown once");
        receivers.MapGet("/{id}", Get).MayFailWith(ProblemCodes.ReceiverNotFound).WithName("GetNotificationReceiver").WithSummary("One receiver");
        receivers.MapPut("/{id}", Change).MayFailWith(ProblemCodes.ReceiverNotFound, ProblemCodes.NameTaken).WithName("ChangeNotificationReceiver")
            .WithSummary("Change a receiver's name, where it is, or whether rules send to it");
        receivers.MapDelete("/{id}", Delete).MayFailWith(ProblemCodes.ReceiverNotFound, ProblemCodes.UsedByRules).WithName("DeleteNotificationReceiver")
            .WithSummary("Delete a receiver that no rule tells");
        receivers.MapPost("/{id}/test", SendTest).MayFailWith(ProblemCodes.ReceiverNotFound).WithName("TestNotificationReceiver")
            .WithSummary("Send it a message, once, and see whether it comes");
        receivers.MapPost("/{id}/secret", RenewSecret).MayFailWith(ProblemCodes.ReceiverNotFound).WithName("RenewNotificationSecret")
            .WithSummary("Sign a webhook's messages with another secret, which is shown once");
        return receivers;
    }

    private static async Task<Ok<NotificationReceiverList>> GetAll(ReceiverStore receivers, CancellationToken cancellationToken) =>
        TypedResults.Ok(new NotificationReceiverList([.. (await receivers.ReadAllAsync(cancellationToken)).Select(NotificationReceiverView.Of)]));

    private static async Task<Results<Ok<NotificationReceiverView>, ProblemHttpResult>> Get(
        [Description("The receiver's number.")] long id, ReceiverStore receivers, CancellationToken cancellationToken) =>
        await receivers.ReadAsync(id, cancellationToken) is { } receiver ? TypedResults.Ok(NotificationReceiverView.Of(receiver)) : NotFound(id);

    private static async Task<Results<Created<NotificationReceiverSecret>, ProblemHttpResult>> Create(
        NewNotificationReceiver body, HttpContext context, ReceiverStore receivers, CancellationToken cancellationToken)
    {
        var kind = body.Kind!.ToLowerInvariant();
        if (Objection(kind, body.Address, body.Mailboxes, isNew: true) is { } objection)
            return objection;
        var request = new ReceiverRequest(body.Name!.Trim(), kind, body.Address, Texts(body.Mailboxes), body.IsEnabled ?? true);
        if (await receivers.CreateAsync(request, context.Actor().Name, cancellationToken) is not { } receiver)
            return Problems.NameTaken("receiver", request.Name);
        context.Response.Headers.CacheControl = "no-store";
        context.Note($"receiver \"{receiver.Name}\" of {receiver.Kind}");
        return TypedResults.Created(
            $"/api/v1/notifications/receivers/{receiver.Id}", new NotificationReceiverSecret(NotificationReceiverView.Of(receiver), receiver.Secret));
    }

    private static async Task<Results<Ok<NotificationReceiverView>, ProblemHttpResult>> Change(
        [Description("The receiver's number.")] long id, NotificationReceiverChange body, HttpContext context, ReceiverStore receivers,
        CancellationToken cancellationToken)
    {
        if (await receivers.ReadAsync(id, cancellationToken) is not { } before)
            return NotFound(id);
        if (Objection(before.Kind, body.Address, body.Mailboxes, isNew: false) is { } objection)
            return objection;
        var request = new ReceiverRequest(
            body.Name?.Trim() ?? before.Name, before.Kind, body.Address, Texts(body.Mailboxes), body.IsEnabled ?? before.IsEnabled);
        if (await receivers.ChangeAsync(id, request, context.Actor().Name, cancellationToken) is not { } after)
            return Problems.NameTaken("receiver", request.Name);
        context.Note(
            $"receiver \"{before.Name}\"", ("name", before.Name, after.Name), ("mailboxes", before.Mailboxes, after.Mailboxes),
            ("is_enabled", before.IsEnabled, after.IsEnabled), ("address", "as it was", before.Address == after.Address ? "as it was" : "another"));
        return TypedResults.Ok(NotificationReceiverView.Of(after));
    }

    private static async Task<Results<Ok<NotificationReceiverView>, ProblemHttpResult>> Delete(
        [Description("The receiver's number.")] long id, HttpContext context, ReceiverStore receivers, CancellationToken cancellationToken)
    {
        if (await receivers.ReadRulesAsync(id, cancellationToken) is { Count: > 0 } rules)
            return Problems.UsedByRules(rules);
        if (await receivers.DeleteAsync(id, cancellationToken) is not { } deleted)
            return NotFound(id);
        context.Note($"receiver \"{deleted.Name}\" deleted");
        return TypedResults.Ok(NotificationReceiverView.Of(deleted));
    }

    private static async Task<Results<Ok<NotificationDelivery>, ProblemHttpResult>> SendTest(
        [Description("The receiver's number.")] long id, HttpContext context, ReceiverStore receivers, OutboxStore outbox, CancellationToken cancellationToken)
    {
        if (await receivers.ReadAsync(id, cancellationToken) is not { } receiver
            || await outbox.TestAsync(id, Test, cancellationToken) is not { } number
            || await outbox.WaitAsync(number, WaitForNode, WaitForReceiver, cancellationToken) is not { } delivery)
        {
            return NotFound(id);
        }

        context.Note($"test of receiver \"{receiver.Name}\": {delivery.Status}");
        return TypedResults.Ok(delivery);
    }

    private static async Task<Results<Ok<NotificationReceiverSecret>, ProblemHttpResult>> RenewSecret(
        [Description("The number of a webhook.")] long id, HttpContext context, ReceiverStore receivers, CancellationToken cancellationToken)
    {
        if (await receivers.RenewSecretAsync(id, context.Actor().Name, cancellationToken) is not { } receiver)
            return Problems.Of(ProblemCodes.ReceiverNotFound, $"There is no webhook of the number {id}; messages to other receivers are not signed.");
        context.Response.Headers.CacheControl = "no-store";
        context.Note($"receiver \"{receiver.Name}\" signed with another secret");
        return TypedResults.Ok(new NotificationReceiverSecret(NotificationReceiverView.Of(receiver), receiver.Secret));
    }

    private static ProblemHttpResult? Objection(string kind, string? address, IReadOnlyList<string?>? mailboxes, bool isNew) => (kind, address, mailboxes) switch
    {
        (ReceiverKinds.Email, not null, _) => Problems.Invalid("address", "'address' is not of email, which has 'mailboxes'."),
        (ReceiverKinds.Email, _, null) when isNew => Problems.Invalid("mailboxes", "'mailboxes' must hold 1 to 20 mailboxes."),
        (not ReceiverKinds.Email, _, not null) => Problems.Invalid("mailboxes", $"'mailboxes' is not of {kind}, which has 'address'."),
        (not ReceiverKinds.Email, null, _) when isNew => Problems.Invalid("address", "'address' must be an http or https address."),
        _ => null,
    };

    private static string[]? Texts(IReadOnlyList<string?>? mailboxes) => mailboxes is null ? null : [.. mailboxes.OfType<string>().Distinct()];

    private static ProblemHttpResult NotFound(long id) => Problems.Of(ProblemCodes.ReceiverNotFound, $"There is no receiver of the number {id}.");
}
