using Dapper;
using Npgsql;

namespace MarketData.Storage.Enrichment;

/// <summary>
/// What the cluster does by the clock, the database's: each instant of a schedule is fired by one node, once. Instants missed while no node
/// was there are fired late, all of them by one firing.
/// </summary>
/// <param name="database">Where they are.</param>
/// <param name="next">The first instant of a cron expression after an instant, both UTC; null when there is none.</param>
public sealed class ScheduleStore(NpgsqlDataSource database, Func<string, DateTime, DateTime?> next)
{
    /// <summary>The schedule that makes the nightly run.</summary>
    public const string Nightly = "nightly";

    /// <summary>When the nightly run is next due, as a column.</summary>
    internal const string NextNightly = "(SELECT next_run FROM schedules WHERE name = 'nightly') AS next_run";

    /// <summary>
    /// Enters a schedule, or its new expression, whose instants begin with the present. One that is as it was keeps its next instant, be it
    /// past.
    /// </summary>
    /// <param name="name">The schedule.</param>
    /// <param name="expression">Its cron expression.</param>
    /// <param name="cancellation">Stops the wait.</param>
    public async Task SetAsync(string name, string expression, CancellationToken cancellation)
    {
        const string set = """
            INSERT INTO schedules AS s (name, expression, next_run) VALUES (@name, @expression, @nextRun)
            ON CONFLICT (name) DO UPDATE SET expression = excluded.expression, next_run = excluded.next_run
                WHERE s.expression <> excluded.expression
            """;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var now = await connection.ExecuteScalarAsync<DateTime>(Sql.Command("read clock", "SELECT clock_timestamp()", null, cancellation));
        await connection.ExecuteAsync(
            Sql.Command("set schedule", set, new { name, expression, nextRun = next(expression, now) }, cancellation));
    }

    /// <summary>How long until the schedule is due; zero or less when it is, null when it never will be.</summary>
    public async Task<TimeSpan?> UntilDueAsync(string name, CancellationToken cancellation)
    {
        const string untilDue = "SELECT next_run - clock_timestamp() FROM schedules WHERE name = @name";
        return await database.ExecuteScalarAsync<TimeSpan?>("read time until due", untilDue, new { name }, cancellation);
    }

    /// <summary>Fires the schedule if it is due and no other node has.</summary>
    /// <param name="name">The schedule.</param>
    /// <param name="work">
    /// What is done for the instant, in the transaction that claims it: both are committed, or neither. Should the node die or stall within
    /// it, another node fires the instant.
    /// </param>
    /// <param name="cancellation">Stops the wait.</param>
    /// <returns>The instant that this call fired; null when none is due, or another node fired it.</returns>
    public async Task<DateTime?> FireAsync(
        string name, Func<NpgsqlConnection, NpgsqlTransaction, Task> work, CancellationToken cancellation)
    {
        // A node that stalls while it has the row's lock would keep the others waiting for as long: the server ends its session.
        const string claim = """
            SELECT set_config('idle_in_transaction_session_timeout', '15s', true);
            SELECT expression, next_run, clock_timestamp() AS now FROM schedules
            WHERE name = @name AND next_run <= clock_timestamp() FOR UPDATE;
            """;
        const string advance = "UPDATE schedules SET last_run = next_run, next_run = @nextRun WHERE name = @name";
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        if (await ClaimAsync() is not { } due)
            return null;
        await work(connection, transaction);
        var nextRun = next(due.Expression, due.Now);
        await connection.ExecuteAsync(Sql.Command("advance schedule", advance, new { name, nextRun }, cancellation, transaction));
        await transaction.CommitAsync(cancellation);
        return due.NextRun;

        async Task<DueSchedule?> ClaimAsync()
        {
            await using var results = await connection.QueryMultipleAsync(
                Sql.Command("claim schedule", claim, new { name }, cancellation, transaction));
            await results.ReadAsync();
            return await results.ReadSingleOrDefaultAsync<DueSchedule>();
        }
    }

    private sealed record DueSchedule
    {
        public required string Expression { get; init; }

        public required DateTime NextRun { get; init; }

        public required DateTime Now { get; init; }
    }
}
