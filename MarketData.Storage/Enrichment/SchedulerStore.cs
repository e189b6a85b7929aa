using Npgsql;

namespace MarketData.Storage.Enrichment;

/// <summary>Pause and resume for the whole cluster, durably; both idempotent.</summary>
public sealed class SchedulerStore(NpgsqlDataSource database)
{
    private const string Columns = $"paused, changed_at, changed_by, {ScheduleStore.NextNightly}";

    /// <summary>The present state.</summary>
    public Task<SchedulerState> ReadAsync(CancellationToken cancellation) =>
        QueryAsync("read scheduler state", $"SELECT {Columns} FROM scheduler_state", null, cancellation);

    /// <summary>Lets no new symbol job begin; running ones finish. Paused already, it changes nothing.</summary>
    /// <returns>The state now.</returns>
    public Task<SchedulerState> PauseAsync(string? changedBy, CancellationToken cancellation) => SetAsync(true, changedBy, cancellation);

    /// <summary>Lets work begin again, first what came due meanwhile. Running already, it changes nothing.</summary>
    /// <returns>The state now.</returns>
    public Task<SchedulerState> ResumeAsync(string? changedBy, CancellationToken cancellation) => SetAsync(false, changedBy, cancellation);

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
        return await database.QuerySingleAsync<SchedulerState>(name, sql, arguments, cancellation);
    }
}
