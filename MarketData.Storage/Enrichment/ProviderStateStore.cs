using Dapper;
using Npgsql;

namespace MarketData.Storage.Enrichment;

/// <summary>Puts on record how each provider fares on each node.</summary>
public sealed class ProviderStateStore(NpgsqlDataSource database)
{
    /// <summary>Writes the present state of a provider on a node.</summary>
    public async Task SaveAsync(string node, ProviderStateRow state, CancellationToken cancellation)
    {
        const string save = """
            INSERT INTO provider_state (
                provider, node_id, enabled, circuit_state, opened_at, retry_at, failure_ratio, limit_per_minute, burst, permits_available,
                rate_limit_queued, rate_limit_rejections, bulkhead_limit, bulkhead_active, bulkhead_queued, bulkhead_rejections,
                retries_total, calls_total, errors_total, last_error, last_error_at, last_success_at)
            VALUES (
                @Provider, @node, @Enabled, @CircuitState, @OpenedAt, @RetryAt, @FailureRatio, @LimitPerMinute, @Burst, @PermitsAvailable,
                @RateLimitQueued, @RateLimitRejections, @BulkheadLimit, @BulkheadActive, @BulkheadQueued, @BulkheadRejections,
                @RetriesTotal, @CallsTotal, @ErrorsTotal, @LastError, @LastErrorAt, @LastSuccessAt)
            ON CONFLICT (provider, node_id) DO UPDATE SET
                enabled = excluded.enabled, circuit_state = excluded.circuit_state, opened_at = excluded.opened_at, retry_at = excluded.retry_at,
                failure_ratio = excluded.failure_ratio, limit_per_minute = excluded.limit_per_minute, burst = excluded.burst,
                permits_available = excluded.permits_available, rate_limit_queued = excluded.rate_limit_queued,
                rate_limit_rejections = excluded.rate_limit_rejections, bulkhead_limit = excluded.bulkhead_limit,
                bulkhead_active = excluded.bulkhead_active, bulkhead_queued = excluded.bulkhead_queued,
                bulkhead_rejections = excluded.bulkhead_rejections, retries_total = excluded.retries_total, calls_total = excluded.calls_total,
                errors_total = excluded.errors_total, last_error = excluded.last_error, last_error_at = excluded.last_error_at,
                last_success_at = excluded.last_success_at, updated_at = now()
            """;
        var arguments = new DynamicParameters(state);
        arguments.Add("node", node);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await connection.ExecuteAsync(Sql.Command("save provider state", save, arguments, cancellation));
    }

    /// <summary>Notes that a circuit changed; whoever looks at the live view hears of it.</summary>
    public async Task AddTransitionAsync(
        string node, string provider, string from, string to, string reason, DateTimeOffset at, CancellationToken cancellation)
    {
        const string add = """
            INSERT INTO provider_circuit_history (provider, node_id, from_state, to_state, reason, changed_at)
            VALUES (@provider, @node, @from, @to, @reason, @at)
            """;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await connection.ExecuteAsync(
            Sql.Command("add circuit transition", add, new { provider, node, from, to, reason, at }, cancellation));
    }
}
