using Aspire.Npgsql;
using MarketData.Storage;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Npgsql;

namespace MarketData.Api.Database;

/// <summary>
/// Brings the database to this build's schema, once, as soon as it can be reached. The service starts without waiting for it, so that it
/// can say what is missing, and is healthy from then on.
/// </summary>
public sealed partial class SchemaUpdate(
    DatabaseMigrator migrator, IOptions<NpgsqlSettings> settings, TimeProvider time, IHostApplicationLifetime lifetime, ILogger<SchemaUpdate> logger)
    : BackgroundService, IHealthCheck
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(2);

    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether the schema is this build's.</summary>
    public bool IsDone => _done.Task.IsCompleted;

    /// <summary>Waits until it is.</summary>
    public Task WaitAsync(CancellationToken cancellation) => _done.Task.WaitAsync(cancellation);

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(IsDone ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The schema is not up to date yet."));

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!IsDone && !stoppingToken.IsCancellationRequested)
        {
            try
            {
                await migrator.MigrateAsync(settings.Value.ConnectionString!, stoppingToken);
                _done.SetResult();
            }
            catch (NpgsqlException e)
            {
                LogUnreachable(e.Message);
                await Task.Delay(RetryDelay, time, stoppingToken);
            }
            catch (InvalidOperationException e)
            {
                // Not retried: a script that failed would fail again until an operator acts.
                LogFailed(e.Message);
                Environment.ExitCode = 1;
                lifetime.StopApplication();
                return;
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "The database can't be reached to bring its schema up to date: {Cause}")]
    private partial void LogUnreachable(string cause);

    [LoggerMessage(LogLevel.Critical, "{Cause}")]
    private partial void LogFailed(string cause);
}
