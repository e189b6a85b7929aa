using System.Diagnostics.Metrics;
using Aspire.Npgsql;
using MarketData.Storage;
using MarketData.Storage.Dashboard;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Npgsql;

namespace MarketData.Api.Database;

/// <summary>
/// Asks the database every so often whether it is there, on a connection of its own outside the pool, and flags it as lost when nobody has
/// heard anything from it for about a second.
/// </summary>
/// <remarks>
/// A database with more to do than it can takes long over this question as well, and an exhausted pool keeps everybody else waiting. Neither
/// is lost: the driver's meter tells whether the server still says anything at all, to whomever.
/// </remarks>
public sealed partial class DatabaseProbe : BackgroundService, IHealthCheck
{
    /// <summary>The connection's name in <c>pg_stat_activity</c>.</summary>
    public const string ApplicationName = "MarketData probe";

    // Counted in short waits rather than by the clock: on a machine that is too busy each of them takes longer, as does the answer.
    private const int Waits = 40;
    private const int QuestionTimeoutSeconds = 5;
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly ILogger<DatabaseProbe> _logger;
    private readonly NpgsqlDataSource _own;
    private readonly MeterListener _hearing = new();
    private long _heard;
    private volatile CancellationTokenSource _lost = new();

    private Task<bool> _question = Task.FromResult(true);
    private Task<bool> _answer = Task.FromResult(true);

    /// <summary>Makes the connection when it is first needed.</summary>
    public DatabaseProbe(IOptions<NpgsqlSettings> settings, TimeProvider time, ILogger<DatabaseProbe> logger)
    {
        ArgumentNullException.ThrowIfNull(settings);
        (_time, _logger) = (time, logger);
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

    /// <summary>The flag: cancelled from when the database is lost; another one from when it is back.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Waits for work that needs the database, and no longer than the database is there.</summary>
    /// <exception cref="TimeoutException">It is lost. The work was not begun, or goes on and nobody waits for it.</exception>
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
        _hearing.Dispose();
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
                LogChange(isLost ? "lost: nothing was heard from it for a second" : "back");
                if (isLost)
                    await _lost.CancelAsync();
                else
                    _lost = new();
            }

            await Task.Delay(Period, _time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // Once for everybody who wants to know at the same time.
    private Task<bool> IsAnsweringAsync()
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

    [LoggerMessage(LogLevel.Warning, "The database is {State}")]
    private partial void LogChange(string state);
}
