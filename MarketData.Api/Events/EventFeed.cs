using System.Collections.Concurrent;
using System.Threading.Channels;
using MarketData.Api.Database;
using MarketData.Storage.Events;
using MarketData.Storage.Keys;
using MarketData.Storage.Schema;
using Npgsql;

namespace MarketData.Api.Events;

/// <summary>
/// Reads the events as they become visible, on one connection however many listen, and hands each batch to every listener. When the
/// database is lost it goes on where it stopped as soon as the database is back; listeners stay connected meanwhile.
/// </summary>
public sealed partial class EventFeed(
    EventReader reader, KeyStore keys, SchemaReadiness schema, DatabaseProbe probe, TimeProvider time, ILogger<EventFeed> logger) : BackgroundService
{
    // Whoever lags so far behind is let go, and resumes where it stopped.
    private const int LongestQueue = 500;

    private static readonly TimeSpan HeartbeatPeriod = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan KeyCheckPeriod = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<ChannelWriter<EventBatch>, Guid> _listeners = new();
    private readonly Lock _gate = new();
    private EventPosition? _position;

    /// <summary>How many listen.</summary>
    public int Listeners => _listeners.Count;

    /// <summary>Begins to listen.</summary>
    /// <param name="key">The key that the listener was let in with: soon after that stops being valid, the listener is let go.</param>
    /// <returns>The batches from now on, and the position that they follow on; null when the database was never reached yet.</returns>
    public (ChannelReader<EventBatch> Batches, ChannelWriter<EventBatch> Token, EventPosition Position)? Join(Guid? key)
    {
        var channel = Channel.CreateBounded<EventBatch>(new BoundedChannelOptions(LongestQueue) { SingleReader = true });
        lock (_gate)
        {
            if (_position is not { } position)
                return null;
            _listeners.TryAdd(channel.Writer, key ?? Guid.Empty);
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
        var beating = EveryAsync(HeartbeatPeriod, BeatAsync, stoppingToken);
        var checking = EveryAsync(KeyCheckPeriod, CheckKeysAsync, stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await schema.WaitAsync(stoppingToken);
                await FollowWhileThereAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e) when (e is NpgsqlException or IOException or TimeoutException)
            {
                LogLost(e.Message);
            }
            catch (Exception e)
            {
                LogFailed("following", e);
            }

            await Task.Delay(RetryDelay, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        foreach (var listener in _listeners.Keys)
            Leave(listener);
        await beating;
        await checking;
    }

    // A connection from before the database was lost may lead nowhere, and be silent for ever.
    private async Task FollowWhileThereAsync(CancellationToken stopping)
    {
        var lost = probe.Lost;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(lost, stopping);
        try
        {
            await FollowAsync(either.Token);
        }
        catch (OperationCanceledException e) when (lost.IsCancellationRequested && !stopping.IsCancellationRequested)
        {
            while (probe.Lost == lost)
                await Task.Delay(RetryDelay, time, stopping);
            throw new TimeoutException("The database was lost.", e);
        }
    }

    private async Task FollowAsync(CancellationToken cancellation)
    {
        await using var session = await reader.ListenAsync(cancellation);
        var connection = session.Connection;
        var now = await EventReader.ReadPositionAsync(connection, cancellation);
        if (_position is null)
            MoveTo(now);
        else if (EventReader.IsFromElsewhere(_position, now))
            BeginAnew(now);
        while (true)
        {
            var (events, next) = await EventReader.ReadSinceAsync(connection, _position!, cancellation);
            Publish(new EventBatch(_position!, next, events));
            // A poll makes up for notifications that were lost with a connection.
            await connection.WaitAsync(HeartbeatPeriod, cancellation);
        }
    }

    // What the listeners were told may be undone: they come again, and look afresh.
    private void BeginAnew(EventPosition position)
    {
        MoveTo(position);
        LogAnew();
        foreach (var listener in _listeners.Keys)
            Leave(listener);
    }

    private void MoveTo(EventPosition position)
    {
        lock (_gate)
            _position = position;
    }

    // Under the lock, so that a new listener gets every batch after the position that it was told, and none before.
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

    private async Task EveryAsync(TimeSpan period, Func<CancellationToken, Task> act, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(period, time);
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                while (await timer.WaitForNextTickAsync(cancellation))
                    await act(cancellation);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // Else listeners whose keys were revoked would listen on, and nobody would know.
                LogFailed(act.Method.Name, e);
            }
        }
    }

    private Task BeatAsync(CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (_position is { } position)
                Send(new EventBatch(position, position, []));
        }

        return Task.CompletedTask;
    }

    // One question for all listeners, however many there are.
    private async Task CheckKeysAsync(CancellationToken cancellation)
    {
        Guid[] used = [.. _listeners.Values.Where(key => key != Guid.Empty).Distinct()];
        if (used.Length > 0)
            LetGo(await InvalidAsync(used, cancellation));
    }

    private async Task<IReadOnlySet<Guid>> InvalidAsync(Guid[] used, CancellationToken cancellation)
    {
        try
        {
            return await keys.ReadInvalidAsync(used, cancellation);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            // Without the database there are no events either; the next check follows soon.
            LogUnchecked(e.Message);
            return new HashSet<Guid>();
        }
    }

    private void LetGo(IReadOnlySet<Guid> invalid)
    {
        foreach (var (listener, key) in _listeners)
        {
            if (invalid.Contains(key))
                Leave(listener);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The keys of those who listen can't be checked ({Cause})")]
    private partial void LogUnchecked(string cause);

    [LoggerMessage(LogLevel.Error, "The events' {Work} failed; it goes on")]
    private partial void LogFailed(string work, Exception exception);

    [LoggerMessage(LogLevel.Warning, "The database has failed over or was made anew: who listens to events is told to begin again")]
    private partial void LogAnew();

    [LoggerMessage(LogLevel.Warning, "The database's notifications are lost ({Cause}); connecting again")]
    private partial void LogLost(string cause);
}
