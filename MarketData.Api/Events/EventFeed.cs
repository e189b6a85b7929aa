using System.Collections.Concurrent;
using System.Threading.Channels;
using MarketData.Api.Database;
using MarketData.Storage.Events;
using Npgsql;

namespace MarketData.Api.Events;

/// <summary>
/// Reads the events as they become visible, on one connection however many listen, and hands each batch to every listener. When the
/// database is lost it goes on where it stopped as soon as the database is back; listeners stay connected meanwhile.
/// </summary>
public sealed partial class EventFeed(EventReader reader, SchemaUpdate schema, TimeProvider time, ILogger<EventFeed> logger) : BackgroundService
{
    // Whoever lags so far behind is let go, and resumes where it stopped.
    private const int LongestQueue = 500;

    private static readonly TimeSpan HeartbeatPeriod = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<ChannelWriter<EventBatch>, byte> _listeners = new();
    private readonly Lock _gate = new();
    private EventPosition? _position;

    /// <summary>How many listen.</summary>
    public int Listeners => _listeners.Count;

    /// <summary>Begins to listen.</summary>
    /// <returns>The batches from now on, and the position that they follow on; null when the database was never reached yet.</returns>
    public (ChannelReader<EventBatch> Batches, ChannelWriter<EventBatch> Token, EventPosition Position)? Join()
    {
        var channel = Channel.CreateBounded<EventBatch>(new BoundedChannelOptions(LongestQueue) { SingleReader = true });
        lock (_gate)
        {
            if (_position is not { } position)
                return null;
            _listeners.TryAdd(channel.Writer, 0);
            return (channel.Reader, channel.Writer, position);
        }
    }

    /// <summary>Stops listening.</summary>
    public void Leave(ChannelWriter<EventBatch> token)
    {
        _listeners.TryRemove(token, out _);
        token.TryComplete();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var beating = BeatAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await schema.WaitAsync(stoppingToken);
                await FollowAsync(stoppingToken);
            }
            catch (Exception e) when (e is NpgsqlException or IOException or TimeoutException)
            {
                LogLost(e.Message);
                await Task.Delay(RetryDelay, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
        }

        foreach (var listener in _listeners.Keys)
            Leave(listener);
        await beating;
    }

    private async Task FollowAsync(CancellationToken cancellation)
    {
        await using var connection = await reader.ListenAsync(cancellation);
        var now = await EventReader.ReadPositionAsync(connection, cancellation);
        if (_position is null || EventReader.IsFromElsewhere(_position, now))
            MoveTo(now);
        while (true)
        {
            var (events, next) = await EventReader.ReadSinceAsync(connection, _position!, cancellation);
            Publish(new EventBatch(_position!, next, events));
            // A notification that got lost with a connection is made up for by looking now and then.
            await connection.WaitAsync(HeartbeatPeriod, cancellation);
        }
    }

    private void MoveTo(EventPosition position)
    {
        lock (_gate)
            _position = position;
    }

    // Under the lock, so that whoever joins gets every batch after the position that it was told, and none before.
    private void Publish(EventBatch batch)
    {
        lock (_gate)
        {
            _position = batch.Next;
            if (batch.Events.Count > 0)
                Send(batch);
        }
    }

    private void Send(EventBatch batch)
    {
        foreach (var listener in _listeners.Keys)
        {
            if (!listener.TryWrite(batch))
                Leave(listener);
        }
    }

    private async Task BeatAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(HeartbeatPeriod, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation))
            {
                lock (_gate)
                {
                    if (_position is { } position)
                        Send(new EventBatch(position, position, []));
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The service stops.
        }
    }

    [LoggerMessage(LogLevel.Warning, "The database's notifications are lost ({Cause}); connecting again")]
    private partial void LogLost(string cause);
}
