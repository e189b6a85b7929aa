using System.Threading.Channels;
using MarketData.Api.Errors;
using MarketData.Api.Requests;
using MarketData.Storage.Events;
using MarketData.Storage.Keys;
using Microsoft.AspNetCore.Mvc;

namespace MarketData.Api.Events;

/// <summary>What happens, as it happens: <c>/api/v1/enrichment/events</c>.</summary>
public static class EventsApi
{
    private const int PageSize = 500;

    /// <summary>Maps the endpoint.</summary>
    public static RouteGroupBuilder MapEvents(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/enrichment").WithTags("Enrichment");

        group.MapGet("/events", GetEventsAsync)
            .Produces<string>(contentType: "text/event-stream").DisableRequestTimeout()
            .WithName("GetEvents").WithSummary("Runs, jobs, circuits, scheduler and quality, live");
        return api;
    }

    private static async Task<IResult> GetEventsAsync(
        [FromHeader(Name = "Last-Event-ID")]
        [Text(4000), Description("The id of the last event that was received: the stream goes on after it, without loss and in the same order.")]
        string? lastEventId,
        HttpContext context,
        EventFeed feed,
        EventReader reader,
        IHostApplicationLifetime lifetime)
    {
        if (!EventPosition.TryParse(lastEventId, out var read) && !string.IsNullOrEmpty(lastEventId))
            return Problems.Invalid("Last-Event-ID", "'Last-Event-ID' must be the id of an event of this stream.");
        if (feed.Join(context.Features.Get<ApiKey>()?.Id) is not { } joined)
            return ErrorHandler.Unavailable(context);
        try
        {
            // Taken after joining: what is not in it is sure to come in the batches.
            var caughtUp = read is null ? null : await reader.ReadPositionAsync(context.RequestAborted);
            if (read is not null && EventReader.IsFromElsewhere(read, caughtUp!))
                (read, caughtUp) = (null, null);
            return new StreamedAnswer(
                http => StreamAsync(http, reader, joined.Batches, joined.Position, read, caughtUp, lifetime.ApplicationStopping),
                () => LeaveAsync(feed, joined.Token));
        }
        catch
        {
            await LeaveAsync(feed, joined.Token);
            throw;
        }
    }

    private static ValueTask LeaveAsync(EventFeed feed, ChannelWriter<EventBatch> token)
    {
        feed.Leave(token);
        return ValueTask.CompletedTask;
    }

    private static async Task StreamAsync(
        HttpContext context,
        EventReader reader,
        ChannelReader<EventBatch> batches,
        EventPosition joined,
        EventPosition? read,
        EventPosition? caughtUp,
        CancellationToken stopping)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        try
        {
            Begin(context.Response);
            if (read is null)
                await SendAsync(context.Response, EventBatch.WritePosition(joined), ended.Token);
            else
                await SendMissedAsync(context.Response, reader, read, caughtUp!, ended.Token);
            await SendBatchesAsync(context.Response, batches, caughtUp, ended.Token);
        }
        catch (OperationCanceledException) when (context.Response.HasStarted && ended.IsCancellationRequested)
        {
            // The listener has gone, or the service stops.
        }
    }

    private static void Begin(HttpResponse response)
    {
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache";
        // Asks a reverse proxy not to hold events back.
        response.Headers["X-Accel-Buffering"] = "no";
    }

    private static async Task SendMissedAsync(
        HttpResponse response, EventReader reader, EventPosition read, EventPosition until, CancellationToken cancellation)
    {
        while (true)
        {
            var missed = await reader.ReadMissedAsync(read, until, PageSize, cancellation);
            var isWhole = missed.Count < PageSize;
            await SendAsync(
                response, missed.Count == 0 ? EventBatch.WritePosition(until) : EventBatch.Write(read, until, missed, isWhole),
                cancellation);
            if (isWhole)
                return;
            read = read.Within(until.Seen, missed[^1].Id);
        }
    }

    private static async Task SendBatchesAsync(
        HttpResponse response, ChannelReader<EventBatch> batches, EventPosition? caughtUp, CancellationToken cancellation)
    {
        await foreach (var batch in batches.ReadAllAsync(cancellation))
        {
            if (caughtUp is null || batch.Events.Count == 0)
            {
                await SendAsync(response, batch.Text, cancellation);
                continue;
            }

            // The first batches may tell again what this listener caught up with.
            List<StoredEvent> news = [.. batch.Events.Where(e => !caughtUp.Includes(e.Xid))];
            if (news.Count == 0)
                continue;
            await SendAsync(response, EventBatch.Write(caughtUp, batch.Next, news, isWhole: true), cancellation);
            caughtUp = null;
        }
    }

    private static async Task SendAsync(HttpResponse response, ReadOnlyMemory<byte> text, CancellationToken cancellation)
    {
        await response.Body.WriteAsync(text, cancellation);
        await response.Body.FlushAsync(cancellation);
    }
}
