using Dapper;
using Npgsql;

namespace MarketData.Storage.Enrichment;

/// <summary>What enrichment did, for people and for the dashboard's figures.</summary>
public sealed class EnrichmentLog(NpgsqlDataSource database)
{
    private const string InsertFetch = """
        INSERT INTO enrichment_fetch_log (
            job_id, symbol, source, timeframe, records_fetched, records_inserted, records_updated, records_rejected, out_of_session,
            source_response_time_ms, requests, not_asked, success, error_message, trace_id, instead_of)
        VALUES (@jobId, @symbol, @Source, @timeframe, @RecordsFetched, @inserted, @updated, @rejected, @outOfSession,
            @ResponseTimeMs, @Requests, @NotAsked, @Success, @Error, @TraceId, @InsteadOf)
        """;

    /// <summary>Notes that a provider did not answer; a success is noted in the transaction that stores its candles.</summary>
    public async Task FetchFailedAsync(Guid? jobId, string symbol, string timeframe, FetchLogEntry entry, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await AddFetchAsync(connection, null, jobId, symbol, timeframe, entry, (0, 0, 0, 0), cancellation);
    }

    /// <summary>Notes an answer within the caller's transaction.</summary>
    internal static Task AddFetchAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction? transaction,
        Guid? jobId,
        string symbol,
        string timeframe,
        FetchLogEntry entry,
        (long Inserted, long Updated, int Rejected, int OutOfSession) outcome,
        CancellationToken cancellation)
    {
        var arguments = new
        {
            jobId,
            symbol,
            timeframe,
            entry.Source,
            entry.RecordsFetched,
            inserted = (int)outcome.Inserted,
            updated = (int)outcome.Updated,
            rejected = outcome.Rejected,
            outOfSession = outcome.OutOfSession,
            ResponseTimeMs = entry.ResponseTime?.TotalMilliseconds,
            entry.Requests,
            entry.NotAsked,
            Success = entry.Error is null,
            Error = entry.Error ?? entry.Note,
            entry.TraceId,
            InsteadOf = entry.InsteadOf?.ToArray(),
        };
        return connection.ExecuteAsync(Sql.Command("log fetch", InsertFetch, arguments, cancellation, transaction));
    }

    /// <summary>Notes a computation within the caller's transaction.</summary>
    internal static Task AddComputeAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction? transaction,
        Guid? jobId,
        string symbol,
        string timeframe,
        ComputeLogEntry entry,
        CancellationToken cancellation)
    {
        const string insert = """
            INSERT INTO enrichment_compute_log (job_id, symbol, timeframe, compute_type, features_computed, computation_time_ms, success)
            VALUES (@jobId, @symbol, @timeframe, @ComputeType, @FeaturesComputed, @Ms, true)
            """;
        var arguments = new { jobId, symbol, timeframe, entry.ComputeType, entry.FeaturesComputed, Ms = entry.Duration.TotalMilliseconds };
        return connection.ExecuteAsync(Sql.Command("log computation", insert, arguments, cancellation, transaction));
    }
}
