using Npgsql;

namespace MarketData.Storage;

/// <summary>
/// Commits, and asks the server what became of the transaction when the connection breaks before the answer: what was committed must not
/// count as undone.
/// </summary>
internal static class SureCommit
{
    /// <summary>The column to read in the transaction, before its end, for <c>transactionId</c>.</summary>
    public const string TransactionId = $"{ServerTimeline.Current} || '/' || pg_current_xact_id()";

    // Null for one so old that the server has forgotten it, and after a failover: there the number may be another transaction's.
    private const string Ask = $"""
        SELECT CASE WHEN split_part(@transactionId, '/', 1)::integer = {ServerTimeline.Current}
            THEN pg_xact_status(split_part(@transactionId, '/', 2)::xid8) END
        """;

    // The server may still be busy with it, or with its own restart.
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Commits.</summary>
    /// <param name="database">Where to ask, on another connection.</param>
    /// <param name="transaction">The transaction.</param>
    /// <param name="transactionId">Its number, read by <see cref="TransactionId"/>.</param>
    /// <param name="cancellation">Stops the commit, and the asking.</param>
    /// <returns>Whether it is committed although the answer was lost; false when the answer came.</returns>
    /// <exception cref="NpgsqlException">The connection broke and the transaction is not committed, or nobody can be asked.</exception>
    public static async Task<bool> CommitAsync(
        NpgsqlDataSource database, NpgsqlTransaction transaction, string transactionId, CancellationToken cancellation)
    {
        try
        {
            await transaction.CommitAsync(cancellation);
            return false;
        }
        catch (NpgsqlException e) when (e is not PostgresException || e.SqlState!.StartsWith("57P", StringComparison.Ordinal))
        {
            if (await IsCommittedAsync(database, transactionId, cancellation))
                return true;
            throw;
        }
    }

    private static async Task<bool> IsCommittedAsync(NpgsqlDataSource database, string transactionId, CancellationToken cancellation)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timeout.CancelAfter(AskTimeout);
        while (!timeout.IsCancellationRequested)
        {
            try
            {
                var status = await database.ExecuteScalarAsync<string?>("ask for commit", Ask, new { transactionId }, timeout.Token);
                if (status != "in progress")
                    return status == "committed";
            }
            catch (PostgresException e) when (!e.SqlState.StartsWith("57P", StringComparison.Ordinal))
            {
                return false;
            }
            catch (Exception e) when (e is NpgsqlException or OperationCanceledException)
            {
                // Not reachable yet: asked again until the time is up.
            }

            await Task.Delay(Pause, timeout.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return false;
    }
}
