namespace MarketData.Api.Events;

/// <summary>What happens, as it happens: <c>/api/v1/enrichment/events</c>.</summary>
public static class EventsApi
{
    /// <summary>Maps the endpoint.</summary>
    public static RouteGroupBuilder MapEvents(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/enrichment").WithTags("Enrichment");

        group.MapGet("/events", GetEvents)
            .Produces<string>(contentType: "text/event-stream")
            .WithName("GetEvents").WithSummary("Runs, jobs, circuits, scheduler and quality, live");
        return api;
    }

    private static Task GetEvents(HttpContext context, CancellationToken cancellationToken) => throw new NotSupportedException();
}
