using Dapper;
using MarketData.Storage.Candles;
using MarketData.Storage.Schema;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace MarketData.Storage.Writes;

/// <summary>
/// Knows whether the database takes writes, by doing a small one every few seconds: reads go on while its disk is full or it is read-only, and
/// nothing would tell until the next night.
/// </summary>
public sealed partial class DatabaseWrites(
    NpgsqlDataSource database, SchemaReadiness schema, TimeProvider time, ILogger<DatabaseWrites> log) : BackgroundService, IHealthCheck
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);
    private volatile DatabaseTrouble? _trouble;

    /// <summary>Why it takes none at present; null while it does, and before the first probe.</summary>
    public DatabaseTrouble? Trouble => _trouble;

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Task.FromResult(Trouble is { } trouble
            ? new HealthCheckResult(context.Registration.FailureStatus, $"{trouble.Message} {trouble.Advice}")
            : HealthCheckResult.Healthy());
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await schema.WaitAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            var found = await ProbeAsync(stoppingToken);
            if (!stoppingToken.IsCancellationRequested)
                Note(found);
            await Task.Delay(Period, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Note(DatabaseTrouble? found)
    {
        var before = _trouble;
        _trouble = found;
        if (found is not null && found.Kind != before?.Kind)
            LogTrouble(found.Message, found.Advice, found.Detail ?? "");
        if (found is null && before is not null)
            LogWellAgain();
    }

    private async Task<DatabaseTrouble?> ProbeAsync(CancellationToken stopping)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        timeout.CancelAfter(Timeout);
        try
        {
            await WriteAsync(timeout.Token);
            return null;
        }
        catch (OperationCanceledException)
        {
            return DatabaseTrouble.Slow;
        }
        catch (NpgsqlException e) when (DatabaseTrouble.Of(e) is { } trouble)
        {
            return trouble;
        }
        catch (NpgsqlException e)
        {
            return new("refused", "The database refuses a small write.", "Look at the database's log and the rights of its user.") { Detail = e.Message };
        }
    }

    // The row fits where it is, even on a full disk. What more would take room is tried with a sort that does not fit its memory: its file lies
    // where tables do, and is gone with the statement. Triggers run in a language that is a library of its own, without which reads go on.
    private async Task WriteAsync(CancellationToken cancellation)
    {
        const string write = """
            SET LOCAL work_mem = '64kB';
            SELECT count(*) FROM (SELECT i FROM generate_series(1, 30000) AS i ORDER BY i DESC OFFSET 0) AS sorted;
            UPDATE write_probe SET written_at = now();
            DO 'BEGIN END';
            """;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await connection.ExecuteAsync(Sql.Command("probe writes", write, null, cancellation, transaction));
        await transaction.CommitAsync(cancellation);
        await FollowFailoverAsync(connection, cancellation);
    }

    // What readers keep of names has to follow too, although they write nothing that would tell them.
    private async Task FollowFailoverAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var sources = CandleSources.Of(database);
        var timeline = await connection.ExecuteScalarAsync<int>(Sql.Command("read timeline", $"SELECT {ServerTimeline.Current}", null, cancellation));
        if (sources.Timeline != 0 && sources.Timeline != timeline)
            await sources.ReadAsync(connection, cancellation);
    }

    [LoggerMessage(LogLevel.Error, "The database takes no writes. {Message} {Advice} {Detail}")]
    private partial void LogTrouble(string message, string advice, string detail);

    [LoggerMessage(LogLevel.Information, "The database takes writes again")]
    private partial void LogWellAgain();
}
