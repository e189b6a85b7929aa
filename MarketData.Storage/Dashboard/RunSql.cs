namespace MarketData.Storage.Dashboard;

/// <summary>The columns of a run.</summary>
internal static class RunSql
{
    /// <summary>As <see cref="RunSummary"/> has them.</summary>
    public const string Columns = """
        job_id, trigger, status, requested_by, created_at, started_at, completed_at, symbols_total, symbols_successful, symbols_failed,
        symbols_cancelled, symbols_retried, records_fetched, records_inserted, records_updated, trace_id
        """;
}
