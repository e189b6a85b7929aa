using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace MarketData.Storage;

/// <summary>
/// Reads the database's clock every few seconds, and says when the machine's is far from it: nothing that is stored depends on that, but what
/// the machine writes into its logs, traces and metrics does.
/// </summary>
public sealed partial class DatabaseClockWatch(DatabaseClock clock, NpgsqlDataSource database, ILogger<DatabaseClockWatch> log)
    : BackgroundService, IHealthCheck
{
    /// <summary>How far the two clocks may be apart.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    // More than a clock drifts between two readings.
    private static readonly TimeSpan LeastJump = TimeSpan.FromSeconds(5);

    private bool _isOff;

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        clock.MachineAhead is { } ahead && ahead.Duration() > Tolerance
            ? HealthCheckResult.Degraded(
                $"This machine's clock is {DatabaseClock.Words(ahead)} the database's. Set it by NTP; times in its logs, traces and metrics are off.")
            : HealthCheckResult.Healthy());

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await ReadAsync(stoppingToken);
            Judge();
            await Task.Delay(Period, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ReadAsync(CancellationToken stopping)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        timeout.CancelAfter(Timeout);
        try
        {
            if (await clock.ReadAsync(database, timeout.Token) is var moved && moved.Duration() > LeastJump)
                LogSet(DatabaseClock.Words(moved));
        }
        catch (Exception e) when (e is NpgsqlException or OperationCanceledException)
        {
            // The clock goes on from the last reading. That the database is away is others' to say.
            LogUnread(e);
        }
    }

    private void Judge()
    {
        if (clock.MachineAhead is not { } ahead || ahead.Duration() > Tolerance == _isOff)
            return;
        _isOff = !_isOff;
        if (_isOff)
            LogOff(DatabaseClock.Words(ahead));
        else
            LogRight();
    }

    [LoggerMessage(LogLevel.Debug, "The database's clock could not be read")]
    private partial void LogUnread(Exception exception);

    [LoggerMessage(LogLevel.Warning, "The database's clock is {Words} where it should be by now: it was set, or this machine slept")]
    private partial void LogSet(string words);

    [LoggerMessage(
        LogLevel.Warning, "This machine's clock is {Words} the database's, by which all is judged; times in logs, traces and metrics are off. Set it by NTP")]
    private partial void LogOff(string words);

    [LoggerMessage(LogLevel.Information, "This machine's clock agrees with the database's again")]
    private partial void LogRight();
}
