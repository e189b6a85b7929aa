using Dapper;
using Npgsql;

namespace MarketData.Storage.Enrichment;

/// <summary>Pause and resume for the whole cluster, durably; both idempotent.</summary>
public sealed class SchedulerStore(NpgsqlDataSource database)
{
    private const string Columns = "paused, changed_at, changed_by, next_run, last_run";

    /// <summary>The present state.</summary>
    public Task<SchedulerState> ReadAsync(CancellationToken cancellation) =>
        QueryAsync("read scheduler state", $"SELECT {Columns} FROM scheduler_state", null, cancellation);

    /// <summary>Lets no new symbol job begin; running ones finish. Paused already, it changes nothing.</summary>
    /// <returns>The state now.</returns>
    public Task<SchedulerState> PauseAsync(string? changedBy, CancellationToken cancellation) => SetAsync(true, changedBy, cancellation);

    /// <summary>Lets work begin again, first what came due meanwhile. Running already, it changes nothing.</summary>
    /// <returns>The state now.</returns>
    public Task<SchedulerState> ResumeAsync(string? changedBy, CancellationToken cancellation) => SetAsync(false, changedBy, cancellation);

    /// <summary>Notes when the nightly run is next due.</summary>
    public async Task SetNextRunAsync(DateTime? nextRun, CancellationToken cancellation)
    {
        const string set = "UPDATE scheduler_state SET next_run = @nextRun WHERE next_run IS DISTINCT FROM @nextRun";
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await connection.ExecuteAsync(Sql.Command("set next run", set, new { nextRun }, cancellation));
    }

    /// <summary>The scheduled instant that had its run last, and the present, both UTC by the database's clock.</summary>
    public async Task<(DateTime? HandledThrough, DateTime Now)> HandledThroughAsync(CancellationToken cancellation)
    {
        const string handled = "SELECT last_run, clock_timestamp() FROM scheduler_state";
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await connection.QuerySingleAsync<(DateTime?, DateTime)>(
            Sql.Command("read last scheduled run", handled, null, cancellation));
    }

    /// <summary>Begins a new schedule: instants before the present need no run by it.</summary>
    public async Task BeginScheduleAsync(CancellationToken cancellation)
    {
        const string begin = "UPDATE scheduler_state SET last_run = greatest(last_run, now())";
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await connection.ExecuteAsync(Sql.Command("begin schedule", begin, null, cancellation));
    }

    private async Task<SchedulerState> SetAsync(bool paused, string? changedBy, CancellationToken cancellation)
    {
        const string set = $"""
            UPDATE scheduler_state SET paused = @paused, changed_at = now(), changed_by = @changedBy WHERE paused <> @paused;
            SELECT {Columns} FROM scheduler_state;
            NOTIFY {JobStore.WorkChannel};
            """;
        return await QueryAsync(paused ? "pause scheduler" : "resume scheduler", set, new { paused, changedBy }, cancellation);
    }

    private async Task<SchedulerState> QueryAsync(string name, string sql, object? arguments, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await connection.QuerySingleAsync<SchedulerState>(Sql.Command(name, sql, arguments, cancellation));
    }
}
