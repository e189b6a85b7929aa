namespace MarketData.Storage.Dashboard;

/// <summary>What is wrong with symbols, a row for each cause rather than for each symbol.</summary>
internal static class CauseSql
{
    // Where a reason says little, symbols belong together only when the words do, but for the symbol and the intervals in them.
    private const string SaysLittle = "('other', 'internal', 'database', 'stalled', 'refused')";
    private const string WordsOf = "regexp_replace(replace(split_part(e.error_message, E'\\n', 1), e.symbol, ''), '^[0-9]+[mhdw](, [0-9]+[mhdw])*: ', '')";

    /// <summary>Active symbols whose last job failed for good, in the columns of <see cref="SharedCause"/>.</summary>
    /// <remarks>An identity mismatch is left out: somebody has to decide about each.</remarks>
    public const string Failed = $"""
        SELECT false AS is_waiting, c.reason, c.providers, c.symbols, c.examples, c.since, NULL::timestamptz AS next_try_at, c.message, c.advice,
               j.id AS job_number, j.attempt AS attempts, j.trace_id
        FROM (
            SELECT coalesce(e.error_reason, 'other') AS reason, coalesce(e.error_providers, ARRAY[]::text[]) AS providers, count(*) AS symbols,
                   (array_agg(e.symbol ORDER BY e.error_since DESC NULLS LAST, e.symbol))[1:20] AS examples, min(e.error_since) AS since,
                   (array_agg(e.error_message ORDER BY e.error_since DESC NULLS LAST, e.symbol))[1] AS message,
                   (array_agg(e.error_advice ORDER BY e.error_since DESC NULLS LAST, e.symbol))[1] AS advice
            FROM symbol_status e JOIN symbols s USING (symbol)
            WHERE s.active AND e.health = 'error' AND e.error_reason IS DISTINCT FROM 'identity_mismatch'
            GROUP BY 1, 2, CASE WHEN coalesce(e.error_reason, 'other') IN {SaysLittle} THEN {WordsOf} END) c
        LEFT JOIN LATERAL (
            SELECT id, attempt, trace_id FROM enrichment_jobs
            WHERE symbol = c.examples[1] AND status = 'failed' ORDER BY id DESC LIMIT 1) j ON true
        ORDER BY c.symbols DESC, c.reason LIMIT 20
        """;

    /// <summary>Symbols that wait to be tried again, in the same columns.</summary>
    public const string Waiting = $"""
        SELECT true AS is_waiting, coalesce(e.error_reason, 'other') AS reason, coalesce(e.error_providers, ARRAY[]::text[]) AS providers,
               count(DISTINCT e.symbol) AS symbols, (array_agg(e.symbol ORDER BY e.id DESC))[1:20] AS examples,
               min(coalesce(e.waiting_since, e.attempt_started_at)) AS since, min(e.due_at) AS next_try_at,
               (array_agg(e.error_message ORDER BY e.id DESC))[1] AS message, (array_agg(e.error_advice ORDER BY e.id DESC))[1] AS advice,
               max(e.id) AS job_number, (array_agg(e.attempt ORDER BY e.id DESC))[1] AS attempts,
               (array_agg(e.trace_id ORDER BY e.id DESC))[1] AS trace_id
        FROM enrichment_jobs e WHERE e.status = 'retrying'
        GROUP BY 1, 2, 3, CASE WHEN coalesce(e.error_reason, 'other') IN {SaysLittle} THEN {WordsOf} END
        ORDER BY 4 DESC, 2 LIMIT 20
        """;

    /// <summary>Active symbols whose newest ordinary job was cancelled, in the columns of <see cref="CancelledWork"/>.</summary>
    public const string Cancelled = """
        SELECT j.job_id AS run, h.trigger, max(j.completed_at) AS cancelled_at, count(*) AS symbols,
               count(*) FILTER (WHERE e.last_enrichment_time IS NULL) AS never_enriched, (array_agg(j.symbol ORDER BY j.symbol))[1:20] AS examples
        FROM enrichment_jobs j JOIN enrichment_history h USING (job_id) JOIN symbols s ON s.symbol = j.symbol
        LEFT JOIN symbol_status e ON e.symbol = j.symbol
        WHERE j.status = 'cancelled' AND j.range_from IS NULL AND s.active AND j.completed_at > now() - interval '7 days'
          AND NOT EXISTS (SELECT FROM enrichment_jobs n WHERE n.symbol = j.symbol AND n.id > j.id AND n.range_from IS NULL)
        GROUP BY j.job_id, h.trigger ORDER BY 3 DESC LIMIT 5
        """;

    /// <summary>Who answered in whose place, in the columns of <see cref="FilledIn"/>.</summary>
    public const string FilledIn = """
        SELECT p.provider, f.source AS "by", count(DISTINCT f.symbol) AS symbols
        FROM enrichment_fetch_log f CROSS JOIN unnest(f.instead_of) AS p (provider)
        WHERE f.instead_of IS NOT NULL AND f.success AND f.created_at > now() - interval '24 hours'
        GROUP BY 1, 2 ORDER BY 1, 3 DESC
        """;

    /// <summary>
    /// What came of the last twenty requests to each provider, those before the first failure among them apart, in the columns of
    /// <see cref="LastRequests"/>.
    /// </summary>
    public const string LastRequests = """
        SELECT p.provider, count(*) AS requests, count(*) FILTER (WHERE l.failed) AS failed,
               mode() WITHIN GROUP (ORDER BY l.status) FILTER (WHERE l.failed) AS status,
               mode() WITHIN GROUP (ORDER BY l.failure) FILTER (WHERE l.failed) AS failure
        FROM (SELECT DISTINCT provider FROM provider_state WHERE updated_at > now() - interval '1 day') p
        CROSS JOIN LATERAL (
            SELECT *, min(id) FILTER (WHERE failed) OVER () AS first_failed
            FROM (SELECT id, status, failure,
                         coalesce(failure NOT IN ('cancelled', 'unknown_symbol', 'identity_mismatch', 'unreadable_symbol'), false) AS failed
                  FROM provider_request_log WHERE provider = p.provider ORDER BY id DESC LIMIT 20) latest) l
        WHERE l.id >= l.first_failed
        GROUP BY p.provider
        """;

    /// <summary>What somebody should look at, in the columns of <see cref="AttentionGroup"/>.</summary>
    public const string Attention = """
        SELECT kind, count(*) AS symbols, (array_agg(symbol ORDER BY since DESC NULLS LAST, symbol))[1:20] AS examples,
               max(since) AS since, (array_agg(occurrences ORDER BY since DESC NULLS LAST, symbol))[1] AS occurrences,
               (array_agg(day ORDER BY since DESC NULLS LAST, symbol))[1] AS day,
               (array_agg(cause ORDER BY since DESC NULLS LAST, symbol))[1] AS cause,
               (array_agg(advice ORDER BY since DESC NULLS LAST, symbol))[1] AS advice
        FROM attention_items GROUP BY kind ORDER BY kind
        """;

    /// <summary>When a run last completed, if the last one that did is of more than 26 hours ago; else null.</summary>
    public const string LastCompletedLongAgo = """
        SELECT CASE WHEN max(completed_at) < now() - interval '26 hours' THEN max(completed_at) END
        FROM (SELECT completed_at FROM enrichment_history WHERE status IN ('completed', 'partial') ORDER BY created_at DESC LIMIT 1) last
        """;

    /// <summary>What is under way, in the columns of <see cref="WorkInHand"/>.</summary>
    public const string InHand = """
        SELECT (SELECT count(*) FROM enrichment_jobs WHERE status IN ('queued', 'retrying')) AS waiting,
               (SELECT count(*) FROM enrichment_jobs WHERE status = 'running') AS running, changed_at, changed_by
        FROM scheduler_state
        """;
}
