using System.Threading.Channels;
using MarketData.Api.Errors;
using MarketData.Api.Security;
using MarketData.Storage.Events;
using MarketData.Storage.Keys;
using MarketData.Storage.Symbols;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketData.Api.Events;

/// <summary>What happens, as it happens: <c>/api/v1/enrichment/events</c>.</summary>
public static class EventsApi
{
    private const int PageSize = 500;

    // The most symbols that an answer names.
    private const int MostNamed = 20;

    /// <summary>Maps the endpoint.</summary>
    public static RouteGroupBuilder MapEvents(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/enrichment").WithTags("Enrichment");

        group.MapGet("/events", GetEventsAsync)
            .Produces<string>(contentType: "text/event-stream")
            .MayFailWith(ProblemCodes.SymbolNotTracked, ProblemCodes.TooManyStreams, ProblemCodes.StreamsBusy)
            .DisableRequestTimeout().TakeStreamTokens()
            .WithName("GetEvents").WithSummary("Runs, jobs, circuits, scheduler, quality and candles, live");
        group.MapPost("/events/token", CreateToken).MayFailWith(ProblemCodes.TokenNotNeeded).WithName("CreateEventsToken")
            .WithSummary("A token that opens the stream in place of a key for ten minutes, for browsers, which can send no header with it");
        return api;
    }

    private static Results<Ok<StreamTokenIssued>, ProblemHttpResult> CreateToken(HttpContext context, TimeProvider time)
    {
        if (context.Features.Get<ApiKey>() is not { } key)
            return Problems.Of(ProblemCodes.TokenNotNeeded, "No key was sent, and where reading needs none the stream needs no token.");
        context.Response.Headers.CacheControl = "no-store";
        var expiresAt = time.GetUtcNow().UtcDateTime + StreamTokens.Lifetime;
        return TypedResults.Ok(new StreamTokenIssued(
            KeyStore.TokenOf(key, context.Request.Headers[ApiKeyAuthentication.Header].ToString(), expiresAt), expiresAt));
    }

    private static async Task<IResult> GetEventsAsync(
        [AsParameters] EventsQuery query,
        HttpContext context,
        EventFeed feed,
        EventReader reader,
        SymbolStore symbols,
        StreamLimits limits,
        IHostApplicationLifetime lifetime)
    {
        if (query.Symbols is { Length: > 0 } named)
        {
            var tracked = await symbols.FindAsync([.. named.Select(symbol => symbol.Value)], context.RequestAborted);
            if (named.Where(symbol => !tracked.ContainsKey(symbol.Value)).Distinct().ToList() is { Count: > 0 } unknown)
                return Problems.Of(ProblemCodes.SymbolNotTracked, $"Not tracked: {string.Join(", ", unknown.Take(MostNamed))}.");
        }

        var filter = new EventFilter(query.Kinds, query.Symbols, query.Timeframes);
        // What is no id of this stream, as after a change of version, begins it afresh: a browser would send it again for ever.
        var read = EventPosition.TryParse(query.LastEventId ?? query.LastEventIdInQuery, out var position) ? position : null;
        if (await limits.EnterAsync(context, StreamKind.Events) is { } refused)
            return refused;
        if (feed.Join(context.Features.Get<ApiKey>()?.Id) is not { } joined)
            return ErrorHandler.Unavailable(context);
        try
        {
            // Taken after joining: what is not in it is sure to come in the batches.
            var caughtUp = read is null ? null : await reader.ReadPositionAsync(context.RequestAborted);
            if (read is not null && EventReader.IsFromElsewhere(read, caughtUp!))
                (read, caughtUp) = (null, null);
            return new StreamedAnswer(
                http => StreamAsync(http, reader, filter, joined.Batches, joined.Position, read, caughtUp, lifetime.ApplicationStopping),
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
        EventFilter filter,
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
                await SendMissedAsync(context.Response, reader, filter, read, caughtUp!, ended.Token);
            await SendBatchesAsync(context.Response, filter, batches, caughtUp, ended.Token);
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
        HttpResponse response, EventReader reader, EventFilter filter, EventPosition read, EventPosition until, CancellationToken cancellation)
    {
        while (true)
        {
            var missed = await reader.ReadMissedAsync(read, until, PageSize, cancellation);
            var isWhole = missed.Count < PageSize;
            var wanted = filter.Of(missed);
            var reached = isWhole ? until : read.Within(until.Seen, missed[^1].Id);
            await SendAsync(
                response, wanted.Count == 0 ? EventBatch.WritePosition(reached) : EventBatch.Write(read, until, wanted, isWhole), cancellation);
            if (isWhole)
                return;
            read = reached;
        }
    }

    private static async Task SendBatchesAsync(
        HttpResponse response, EventFilter filter, ChannelReader<EventBatch> batches, EventPosition? caughtUp, CancellationToken cancellation)
    {
        // How far a listener has come who has heard nothing since, as all was of another kind: told with the next sign of life.
        EventPosition? passed = null;
        await foreach (var batch in batches.ReadAllAsync(cancellation))
        {
            if (batch.Events.Count == 0 && passed is not null)
            {
                await SendAsync(response, EventBatch.WritePosition(passed), cancellation);
                passed = null;
            }

            if (batch.Events.Count == 0 || (caughtUp is null && filter.IsOpen))
            {
                await SendAsync(response, batch.Text, cancellation);
                continue;
            }

            // The first batches may tell again what this listener caught up with.
            IReadOnlyList<StoredEvent> news = caughtUp is null ? batch.Events : [.. batch.Events.Where(e => !caughtUp.Includes(e.Xid))];
            if (news.Count == 0)
                continue;
            var wanted = filter.Of(news);
            passed = wanted.Count == 0 ? batch.Next : null;
            if (wanted.Count > 0)
                await SendAsync(response, EventBatch.Write(caughtUp ?? batch.From, batch.Next, wanted, isWhole: true), cancellation);
            caughtUp = null;
        }
    }

    private static async Task SendAsync(HttpResponse response, ReadOnlyMemory<byte> text, CancellationToken cancellation)
    {
        await response.Body.WriteAsync(text, cancellation);
        await response.Body.FlushAsync(cancellation);
    }
}
