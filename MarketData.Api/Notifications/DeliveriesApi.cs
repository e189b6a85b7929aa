using MarketData.Api.Errors;
using MarketData.Api.Requests;
using MarketData.Api.Security;
using MarketData.Storage.Notifications;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketData.Api.Notifications;

/// <summary>What holds now and what was told: <c>/api/v1/notifications/incidents</c> and <c>/deliveries</c>.</summary>
public static class DeliveriesApi
{
    private const int MostIncidents = 500;

    /// <summary>Maps the endpoints.</summary>
    public static RouteGroupBuilder MapDeliveries(this RouteGroupBuilder notifications)
    {
        notifications.MapGet("/incidents", GetIncidents).WithTags("Data").WithName("GetNotificationIncidents").WithSummary("What rules hold of now, told or not yet");
        notifications.MapGet("/deliveries", GetAll).WithTags("Data").WithName("GetNotificationDeliveries")
            .WithSummary("What was told, whom, and what came of each attempt");
        notifications.MapGet("/deliveries/{id}", Get).WithTags("Data").MayFailWith(ProblemCodes.DeliveryNotFound).WithName("GetNotificationDelivery")
            .WithSummary("One message's way to one receiver");
        notifications.MapPost("/deliveries/{id}/retry", Retry).WithTags("Administration").RequireScope(Scopes.Admin)
            .MayFailWith(ProblemCodes.DeliveryNotFound, ProblemCodes.DeliveryNotFailed).WithName("RetryNotificationDelivery")
            .WithSummary("Try one that was given up again");
        return notifications;
    }

    private static async Task<Ok<NotificationIncidentList>> GetIncidents(IncidentStore incidents, CancellationToken cancellationToken) =>
        TypedResults.Ok(new NotificationIncidentList(await incidents.ReadOpenAsync(MostIncidents, cancellationToken)));

    private static async Task<Ok<NotificationDeliveryList>> GetAll(
        [OneOf(DeliveryStates.Pending, DeliveryStates.Delivered, DeliveryStates.Failed, DeliveryStates.Dropped), Description("Only those of this state.")]
        string? status,
        [Description("Only those to the receiver of this number.")] long? receiver,
        NumberCursor? cursor,
        HttpRequest request,
        OutboxStore outbox,
        CancellationToken cancellationToken,
        [WholeNumber(1, 500), Description("Deliveries on a page.")] int limit = 50)
    {
        var found = await outbox.ReadAsync(status?.ToLowerInvariant(), receiver, cursor?.Number, limit + 1, cancellationToken);
        IReadOnlyList<NotificationDelivery> page = [.. found.Take(limit)];
        return TypedResults.Ok(new NotificationDeliveryList(page, found.Count > limit ? new NumberCursor(page[^1].Id, CursorQuery.Of(request)).ToString() : null));
    }

    private static async Task<Results<Ok<NotificationDelivery>, ProblemHttpResult>> Get(
        [Description("The delivery's number.")] long id, OutboxStore outbox, CancellationToken cancellationToken) =>
        await outbox.ReadAsync(id, cancellationToken) is { } delivery ? TypedResults.Ok(delivery) : NotFound(id);

    private static async Task<Results<Ok<NotificationDelivery>, ProblemHttpResult>> Retry(
        [Description("The delivery's number.")] long id, HttpContext context, OutboxStore outbox, CancellationToken cancellationToken)
    {
        var isTried = await outbox.RetryAsync(id, cancellationToken);
        if (await outbox.ReadAsync(id, cancellationToken) is not { } delivery)
            return NotFound(id);
        if (!isTried)
            return Problems.Of(ProblemCodes.DeliveryNotFailed, $"The delivery {id} is {delivery.Status}, or its receiver was deleted.");
        context.Note($"delivery {id} to \"{delivery.Receiver}\" tried again");
        return TypedResults.Ok(delivery);
    }

    private static ProblemHttpResult NotFound(long id) => Problems.Of(ProblemCodes.DeliveryNotFound, $"There is no delivery of the number {id}.");
}
