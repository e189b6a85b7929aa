using Dapper;
using MarketData.Storage.Enrichment;
using MarketData.Storage.Symbols;
using MarketData.Testing;

namespace MarketData.Api.Tests.Enrichment;

/// <summary>Puts on record what enrichment would have.</summary>
internal static class Records
{
    public static async Task TrackAsync(this TestDatabase database, string symbol, string assetClass = "stock") =>
        (await new SymbolStore(database.DataSource).AddAsync(symbol, assetClass, null, ["1d"], TestContext.Current.CancellationToken)).ShouldNotBeNull();

    public static async Task<Guid> QueueAsync(this TestDatabase database, params string[] symbols)
    {
        var ticket = await new RunStore(database.DataSource).CreateAsync(
            new() { Trigger = RunTrigger.Manual, Symbols = symbols }, TestContext.Current.CancellationToken);
        return ticket.JobId.ShouldNotBeNull();
    }

    public static async Task ExecuteAsync(this TestDatabase database, string sql, object? arguments = null)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await connection.ExecuteAsync(sql, arguments);
    }

    public static Task AliveAsync(this TestDatabase database, string node = "node-1") => database.ExecuteAsync(
        """
        INSERT INTO enrichment_nodes (node_id, host, process_id, version, concurrency) VALUES (@node, 'host', 1, '1.0.0', 5)
        ON CONFLICT (node_id) DO UPDATE SET heartbeat_at = now(), stopped_at = NULL
        """,
        new { node });

    /// <summary>A provider's state as a node reports it: open for half a minute unless it is closed, with 42 permits left.</summary>
    public static Task ReportAsync(this TestDatabase database, string provider, string node, bool isOpen, string? refusal = null)
    {
        var now = DateTime.UtcNow;
        return new ProviderStateStore(database.DataSource).SaveAsync(
            new()
            {
                Resilience = new()
                {
                    Provider = provider,
                    Node = node,
                    NodeAlive = true,
                    CircuitState = isOpen ? "open" : "closed",
                    OpenedAt = isOpen ? now.AddSeconds(-30) : null,
                    RetryAt = isOpen ? now.AddSeconds(30) : null,
                    FailureRatio = isOpen ? 0.8 : 0,
                    RateLimit = new() { LimitPerMinute = 100, Burst = 150, Available = 42, Queued = 0, RejectionsTotal = 0, BlockedUntil = refusal is null ? null : now.AddMinutes(4), Refusal = refusal },
                    Bulkhead = new() { Limit = 10, Active = 0, Queued = 0, RejectionsTotal = 0 },
                    RetriesTotal = 3,
                    CallsTotal = 20,
                    ErrorsTotal = isOpen ? 16 : 0,
                    UpdatedAt = now,
                },
                LastSuccessAt = now.AddMinutes(-1),
                LastError = isOpen ? "said no" : null,
                LastErrorAt = isOpen ? now : null,
            },
            TestContext.Current.CancellationToken);
    }

    /// <summary>Ends every job of a run: as failed for the symbol given, as succeeded for the others.</summary>
    public static Task EndAsync(this TestDatabase database, Guid run, string? failed = null) => database.ExecuteAsync(
        """
        UPDATE enrichment_jobs SET status = CASE WHEN symbol = @failed THEN 'failed' ELSE 'succeeded' END, completed_at = now(), started_at = now(),
            attempt = 1, worked_ms = 1500, records_inserted = 10, error_message = CASE WHEN symbol = @failed THEN 'polygon said no' END
        WHERE job_id = @run;
        UPDATE enrichment_history h SET started_at = now() - interval '1 minute', completed_at = now(),
            status = CASE WHEN @failed::text IS NULL THEN 'completed' ELSE 'partial' END,
            symbols_successful = (SELECT count(*) FROM enrichment_jobs j WHERE j.job_id = h.job_id AND j.status = 'succeeded'),
            symbols_failed = (SELECT count(*) FROM enrichment_jobs j WHERE j.job_id = h.job_id AND j.status = 'failed'),
            records_fetched = 12, records_inserted = 10
        WHERE job_id = @run
        """,
        new { run, failed });
}
