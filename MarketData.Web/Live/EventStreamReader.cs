using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;
using MarketData.Web.Api;
using Microsoft.Extensions.Options;

namespace MarketData.Web.Live;

/// <summary>
/// Holds the one event stream from the Api that this process needs, however many pages are open, and resumes it
/// after the last event seen whenever it breaks.
/// </summary>
public sealed partial class EventStreamReader(
    IHttpClientFactory clients, LiveFeed feed, SharedReads reads, IOptions<EventStreamOptions> options, TimeProvider time,
    ILogger<EventStreamReader> logger)
    : BackgroundService
{
    /// <summary>The name of the HTTP client for the stream: no resilience pipeline and no time limit.</summary>
    public const string HttpClientName = "api-events";

    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(3);

    // So that a wrong answer of something in between can't silence the dashboard.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    /// <summary>How long the stream may be silent before it counts as lost; the Api says every 15 s how far it is.</summary>
    public static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(40);

    // No page shows single candles as they come.
    private const string Stream = "api/v1/enrichment/events?kinds=run,job,circuit,scheduler,quality";

    private readonly SilenceLimit _silence = new(LongestSilence, time);
    private string? _lastEventId;
    private TimeSpan _asked;

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var delay = FirstDelay;
        while (!stoppingToken.IsCancellationRequested)
        {
            HttpStatusCode? refusal = null;
            try
            {
                await ReadAsync(() => delay = FirstDelay, stoppingToken);
                LogEnded();
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure) when (failure is HttpRequestException or IOException or TimeoutException or JsonException)
            {
                refusal = (failure as HttpRequestException)?.StatusCode;
                LogBroken(failure.Message);
            }
            catch (Exception failure)
            {
                // A mistake of ours, or of a library: without the stream pages would stand still, and with this service they would be gone.
                LogFailed(failure);
            }

            feed.Lost(time.GetUtcNow(), refusal);
            await Task.Delay(delay > _asked ? delay : _asked, time, stoppingToken);
            delay = TimeSpan.FromTicks(Math.Min(delay.Ticks * 2, LongestDelay.Ticks));
        }
    }

    private async Task ReadAsync(Action onConnected, CancellationToken stoppingToken)
    {
        _asked = TimeSpan.Zero;
        using var request = new HttpRequestMessage(HttpMethod.Get, Stream);
        request.Headers.Accept.ParseAdd("text/event-stream");
        if (_lastEventId is not null)
            request.Headers.Add("Last-Event-ID", _lastEventId);
        if (options.Value.ApiKey is { Length: > 0 } key)
            request.Headers.Add(OperatorSession.KeyHeader, key);

        using var client = clients.CreateClient(HttpClientName);
        using var response = await _silence.WaitAsync(
            stop => client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop), stoppingToken);
        _asked = WaitOf(response);
        response.EnsureSuccessStatusCode();
        onConnected();
        feed.Connected();
        await using var stream = await response.Content.ReadAsStreamAsync(stoppingToken);
        var events = SseParser.Create(_silence.Watch(stream));
        try
        {
            await foreach (var item in events.EnumerateAsync(stoppingToken))
                Take(item);
        }
        finally
        {
            // Also where the stream told its position without an event.
            _lastEventId = events.LastEventId is { Length: > 0 } id ? id : _lastEventId;
        }
    }

    private void Take(SseItem<string> item)
    {
        if (item.Data is not ['{', ..])
            return;
        // Answers read before the change are stale after it.
        reads.Clear();
        feed.Publish(new ApiEvent(item.EventId, item.EventType, JsonSerializer.Deserialize<JsonElement>(item.Data)));
    }

    // How long the Api asks to be left alone.
    private TimeSpan WaitOf(HttpResponseMessage response)
    {
        var wait = response.Headers.RetryAfter switch
        {
            { Delta: { } seconds } => seconds,
            { Date: { } at } => at - time.GetUtcNow(),
            _ => TimeSpan.Zero,
        };
        return TimeSpan.FromTicks(Math.Clamp(wait.Ticks, 0, LongestWait.Ticks));
    }

    [LoggerMessage(LogLevel.Information, "The API closed the event stream; connecting again")]
    private partial void LogEnded();

    [LoggerMessage(LogLevel.Error, "The API's event stream can't be read; connecting again")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(LogLevel.Warning, "The API's event stream is down ({Cause}); connecting again")]
    private partial void LogBroken(string cause);
}
