using System.Text.Json;
using Dapper;
using MarketData.Storage.Enrichment;
using Npgsql;

namespace MarketData.Storage.Keys;

/// <summary>Creates a run once for each idempotency key, however often and however concurrently it is asked for within 24 hours.</summary>
public sealed class IdempotentRuns(NpgsqlDataSource database)
{
    /// <summary>Looks whether the key was used, before anything is judged: a repetition gets the first answer, whatever has changed since.</summary>
    /// <returns>Whether it was, and the run that was created then; no run when that was another request.</returns>
    public async Task<(bool IsUsed, RunTicket? Ticket)> FindAsync(IdempotencyKey key, CancellationToken cancellation)
    {
        const string find = """
            SELECT CASE WHEN request_hash = @RequestHash THEN response::text END FROM idempotency_keys
            WHERE key = @Value AND caller = @Caller AND created_at >= now() - interval '24 hours'
            """;
        var found = await database.QueryAsync<string?>("look for idempotency key", find, key, cancellation);
        return (found.Count > 0, found is [{ } answer] ? JsonSerializer.Deserialize<RunTicket>(answer) : null);
    }

    /// <summary>Creates the run, or returns what was returned when it was created. A request that concerns no symbol leaves the key unused.</summary>
    /// <returns>The run; null when the key was used for another request.</returns>
    public async Task<RunTicket?> CreateAsync(RunRequest request, IdempotencyKey key, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        if (!await TakeAsync(connection, transaction, key, cancellation))
            return await ReadAsync(connection, transaction, key, cancellation);

        var ticket = await RunStore.CreateAsync(connection, transaction, request, cancellation);
        if (ticket.JobId is null)
            return ticket;
        await KeepAsync(connection, transaction, key, ticket, cancellation);
        await transaction.CommitAsync(cancellation);
        return ticket;
    }

    // The insert waits for another transaction that holds the same key: whoever comes second finds the answer of the first.
    private static async Task<bool> TakeAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IdempotencyKey key, CancellationToken cancellation)
    {
        const string take = """
            DELETE FROM idempotency_keys WHERE created_at < now() - interval '24 hours';
            INSERT INTO idempotency_keys (key, caller, request_hash) VALUES (@Value, @Caller, @RequestHash) ON CONFLICT DO NOTHING RETURNING true;
            """;
        return await connection.ExecuteScalarAsync<bool>(Sql.Command("take idempotency key", take, key, cancellation, transaction));
    }

    private static async Task<RunTicket?> ReadAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IdempotencyKey key, CancellationToken cancellation)
    {
        const string read = """
            SELECT response::text FROM idempotency_keys WHERE key = @Value AND caller = @Caller AND request_hash = @RequestHash
            """;
        var stored = await connection.ExecuteScalarAsync<string?>(
            Sql.Command("read idempotent answer", read, key, cancellation, transaction));
        return stored is null ? null : JsonSerializer.Deserialize<RunTicket>(stored);
    }

    private static Task<int> KeepAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IdempotencyKey key, RunTicket ticket, CancellationToken cancellation)
    {
        const string keep = "UPDATE idempotency_keys SET status_code = 202, response = @Response::jsonb WHERE key = @Value AND caller = @Caller";
        var arguments = new { key.Value, key.Caller, Response = JsonSerializer.Serialize(ticket) };
        return connection.ExecuteAsync(Sql.Command("keep idempotent answer", keep, arguments, cancellation, transaction));
    }
}
