using Aspire.Npgsql;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace MarketData.Storage.Schema;

/// <summary>
/// Sees to it, as a service starts, that the database has the schema that this build needs: waits for it in Production, and brings it there in
/// Development. The service starts without waiting, so that it can say what is missing, and works from then on.
/// </summary>
public sealed partial class SchemaStart(
    SchemaReadiness readiness,
    DatabaseMigrator migrator,
    NpgsqlDataSource database,
    IOptions<NpgsqlSettings> connection,
    IOptions<SchemaOptions> schema,
    IOptions<StorageOptions> storage,
    IHostEnvironment environment,
    DatabaseClock clock,
    TimeProvider time,
    IHostApplicationLifetime lifetime,
    ILogger<SchemaStart> logger)
    : BackgroundService, IHealthCheck
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(2);

    private volatile string _waitingFor = "The database's schema has not been looked at yet.";
    private string? _said;

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(readiness.IsReady ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy(_waitingFor));

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var migrates = schema.Value.MigrateAtStart ?? environment.IsDevelopment();
        while (!readiness.IsReady && !stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (migrates ? await MigrateAsync(stoppingToken) : await IsThereAsync(stoppingToken))
                {
                    // Before any work, which goes by it.
                    await clock.ReadAsync(database, stoppingToken);
                    readiness.SetReady();
                }
                else
                {
                    await Task.Delay(RetryDelay, time, stoppingToken);
                }
            }
            catch (NpgsqlException e)
            {
                Say($"The database can't be reached to look at its schema: {e.Message}");
                await Task.Delay(RetryDelay, time, stoppingToken);
            }
            catch (InvalidOperationException e) when (migrates)
            {
                // Not retried: a script that failed would fail again until an operator acts.
                LogFailed(e.Message);
                Environment.ExitCode = 1;
                lifetime.StopApplication();
                return;
            }
        }
    }

    private async Task<bool> MigrateAsync(CancellationToken cancellation)
    {
        _waitingFor = "The database is being brought to this build's schema.";
        await migrator.MigrateAsync(connection.Value.ConnectionString!, storage.Value, cancellation);
        return true;
    }

    private async Task<bool> IsThereAsync(CancellationToken cancellation)
    {
        var state = await SchemaState.ReadAsync(database, cancellation);
        if (!state.IsSufficient)
            Say(state.Shortfall);
        else if (state.IsNewer)
            LogNewer(state.Found!, state.Needed);
        else if (_said is not null)
            LogThere(state.Needed);
        return state.IsSufficient;
    }

    // Once each, and not every two seconds.
    private void Say(string what)
    {
        _waitingFor = what;
        if (what == _said)
            return;
        _said = what;
        LogWaiting(what);
    }

    [LoggerMessage(LogLevel.Warning, "{What}")]
    private partial void LogWaiting(string what);

    [LoggerMessage(LogLevel.Information, "The database has the schema {Needed} now")]
    private partial void LogThere(string needed);

    [LoggerMessage(LogLevel.Information, "The database has the schema {Found}, newer than this build's {Needed}: this build works with what it knows")]
    private partial void LogNewer(string found, string needed);

    [LoggerMessage(LogLevel.Critical, "{Cause}")]
    private partial void LogFailed(string cause);
}
