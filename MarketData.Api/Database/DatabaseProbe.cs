using System.Diagnostics.Metrics;
using Aspire.Npgsql;
using MarketData.Storage;
using MarketData.Storage.Dashboard;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Npgsql;

namespace MarketData.Api.Database;

/// <summary>
/// Pings the database on a connection of its own, outside the pool, and flags it as lost when neither the ping nor any other command has
/// had an answer for about a second.
/// </summary>
/// <remarks>
/// An overloaded database answers the ping late too, and an exhausted pool keeps all other commands waiting. Neither is lost: the bytes
/// that Npgsql's meter counts show that the server still answers somebody.
/// </remarks>
public sealed partial class DatabaseProbe : BackgroundService, IHealthCheck
{
    /// <summary>The connection's name in <c>pg_stat_activity</c>.</summary>
    public const string ApplicationName = "MarketData probe";

    // Counted in short waits rather than by the clock: on a machine that is too busy each of them takes longer, as does the answer.
    private const int Waits = 40;
    private const int ProbeTimeoutSeconds = 5;
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly ILogger<DatabaseProbe> _logger;
    private readonly NpgsqlDataSource _own;
    private readonly NpgsqlDataSource _database;
    private readonly MeterListener _meters = new();
    private long _bytesRead;
    private volatile CancellationTokenSource _lost = new();

    private Task<bool> _ping = Task.FromResult(true);
    private Task<bool> _answer = Task.FromResult(true);

    /// <summary>Makes the connection when it is first needed.</summary>
    public DatabaseProbe(IOptions<NpgsqlSettings> settings, NpgsqlDataSource database, TimeProvider time, ILogger<DatabaseProbe> logger)
    {
        ArgumentNullException.ThrowIfNull(settings);
        (_database, _time, _logger) = (database, time, logger);
        var connection = new NpgsqlConnectionStringBuilder(settings.Value.ConnectionString)
        {
            ApplicationName = ApplicationName,
            MinPoolSize = 0,
            MaxPoolSize = 1,
            Timeout = ProbeTimeoutSeconds,
            CommandTimeout = ProbeTimeoutSeconds,
            CancellationTimeout = -1,
        };
        _own = new NpgsqlDataSourceBuilder(connection.ConnectionString) { Name = ApplicationName }.NameSpans().Build();
        _meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument is { Meter.Name: "Npgsql", Name: "db.client.operation.npgsql.bytes_read" })
                listener.EnableMeasurementEvents(instrument);
        };
        _meters.SetMeasurementEventCallback<long>((_, _, _, _) => Interlocked.Increment(ref _bytesRead));
        _meters.Start();
    }

    /// <summary>A token that is cancelled when the database is lost; a new one when it is back.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Waits for work that needs the database, until it is done or the database is lost.</summary>
    /// <exception cref="TimeoutException">The database is lost. The work was not begun, or goes on without a caller.</exception>
    public async Task<T> WaitAsync<T>(Func<Task<T>> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        var lost = Lost;
        try
        {
            lost.ThrowIfCancellationRequested();
            return await work().WaitAsync(lost);
        }
        catch (OperationCanceledException e) when (e.CancellationToken == lost)
        {
            throw new TimeoutException("The database is lost.", e);
        }
    }

    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        !Lost.IsCancellationRequested && await IsAnsweringAsync()
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy("The database does not answer.");

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        _meters.Dispose();
        _own.Dispose();
        _lost.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var isLost = !await IsAnsweringAsync();
            if (isLost != Lost.IsCancellationRequested)
            {
                LogChange(isLost ? "lost: it answered nothing for a second" : "back");
                if (isLost)
                {
                    await _lost.CancelAsync();
                }
                else
                {
                    // What is kept from before may lead nowhere, and each use of it would wait as long as a statement may take.
                    _database.Clear();
                    _lost = new();
                }
            }

            await Task.Delay(Period, _time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // One ping serves all that ask at the same time.
    private Task<bool> IsAnsweringAsync()
    {
        lock (_gate)
        {
            if (!_answer.IsCompleted)
                return _answer;
            if (_ping.IsCompleted)
                _ping = Task.Run(PingAsync);
            return _answer = ListenAsync(_ping);
        }
    }

    private async Task<bool> ListenAsync(Task<bool> ping)
    {
        var before = Volatile.Read(ref _bytesRead);
        for (var wait = 0; wait < Waits && !ping.IsCompleted; wait++)
            await ((Task)ping).WaitAsync(Wait, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return ping.IsCompleted && await ping || Volatile.Read(ref _bytesRead) > before;
    }

    // The kept connection may be one to a server that has been restarted since: a second try makes another.
    private async Task<bool> PingAsync() => await PingOnceAsync() || await PingOnceAsync();

    private async Task<bool> PingOnceAsync()
    {
        try
        {
            await new HealthReader(_own).PingAsync(CancellationToken.None);
            return true;
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.TooManyConnections)
        {
            // It has no connection to spare, and says so: it is not lost.
            return true;
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            return false;
        }
    }

    [LoggerMessage(LogLevel.Warning, "The database is {State}")]
    private partial void LogChange(string state);
}
