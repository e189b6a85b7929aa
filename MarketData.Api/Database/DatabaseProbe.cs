using System.Diagnostics.Metrics;
using Aspire.Npgsql;
using MarketData.Storage;
using MarketData.Storage.Dashboard;
using Microsoft.Extensions.Options;
using Npgsql;

namespace MarketData.Api.Database;

/// <summary>Asks whether the database answers, once for everybody who wants to know at the same time, on a connection kept for that.</summary>
/// <remarks>
/// A database with more to do than it can takes long over this question as well. It is not lost while it says anything at all, to whomever:
/// the driver's meter tells.
/// </remarks>
public sealed class DatabaseProbe : IAsyncDisposable
{
    /// <summary>The connection's name in <c>pg_stat_activity</c>.</summary>
    public const string ApplicationName = "MarketData probe";

    // Counted in short waits rather than by the clock: on a machine that is too busy each of them takes longer, as does the answer.
    private const int Waits = 40;
    private const int QuestionTimeoutSeconds = 5;
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(25);

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly NpgsqlDataSource _own;
    private readonly MeterListener _hearing = new();
    private long _heard;

    private Task<bool> _question = Task.FromResult(true);
    private Task<bool> _answer = Task.FromResult(true);

    /// <summary>Makes the connection when it is first needed.</summary>
    public DatabaseProbe(IOptions<NpgsqlSettings> settings, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _time = time;
        var connection = new NpgsqlConnectionStringBuilder(settings.Value.ConnectionString)
        {
            ApplicationName = ApplicationName,
            MinPoolSize = 0,
            MaxPoolSize = 1,
            Timeout = QuestionTimeoutSeconds,
            CommandTimeout = QuestionTimeoutSeconds,
            CancellationTimeout = -1,
        };
        _own = new NpgsqlDataSourceBuilder(connection.ConnectionString) { Name = ApplicationName }.NameSpans().Build();
        _hearing.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument is { Meter.Name: "Npgsql", Name: "db.client.operation.npgsql.bytes_read" })
                listener.EnableMeasurementEvents(instrument);
        };
        _hearing.SetMeasurementEventCallback<long>((_, _, _, _) => Interlocked.Increment(ref _heard));
        _hearing.Start();
    }

    /// <summary>Whether it says anything within about a second.</summary>
    public Task<bool> IsAnsweringAsync()
    {
        lock (_gate)
        {
            if (!_answer.IsCompleted)
                return _answer;
            if (_question.IsCompleted)
                _question = Task.Run(AskAsync);
            return _answer = ListenAsync(_question);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _hearing.Dispose();
        return _own.DisposeAsync();
    }

    private async Task<bool> ListenAsync(Task<bool> question)
    {
        var heard = Volatile.Read(ref _heard);
        for (var wait = 0; wait < Waits && !question.IsCompleted; wait++)
            await ((Task)question).WaitAsync(Wait, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return question.IsCompleted && await question || Volatile.Read(ref _heard) > heard;
    }

    // The kept connection may be one to a server that has been restarted since: a second try makes another.
    private async Task<bool> AskAsync() => await AskOnceAsync() || await AskOnceAsync();

    private async Task<bool> AskOnceAsync()
    {
        try
        {
            await new HealthReader(_own).PingAsync(CancellationToken.None);
            return true;
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.TooManyConnections)
        {
            // It has no connection to spare, and says so: it is there.
            return true;
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            return false;
        }
    }
}
