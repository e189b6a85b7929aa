-- A provider's state on a node becomes one document, by the API's names: what is shown of it changes without a change of the table.
ALTER TABLE provider_state ADD COLUMN state jsonb;

CREATE FUNCTION pg_temp.utc(instant timestamptz) RETURNS text LANGUAGE sql AS $$
    SELECT to_char(instant AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
$$;

UPDATE provider_state SET state = jsonb_build_object(
    'resilience', jsonb_build_object(
        'provider', provider, 'node', node_id, 'node_alive', true, 'circuit_state', circuit_state, 'opened_at', pg_temp.utc(opened_at),
        'retry_at', pg_temp.utc(retry_at), 'failure_ratio', failure_ratio,
        'rate_limit', jsonb_build_object(
            'limit_per_minute', limit_per_minute, 'burst', burst, 'available', permits_available, 'queued', rate_limit_queued,
            'rejections_total', rate_limit_rejections),
        'bulkhead', jsonb_build_object(
            'limit', bulkhead_limit, 'active', bulkhead_active, 'queued', bulkhead_queued, 'rejections_total', bulkhead_rejections),
        'retries_total', retries_total, 'calls_total', calls_total, 'errors_total', errors_total, 'updated_at', pg_temp.utc(updated_at)),
    'last_success_at', pg_temp.utc(last_success_at), 'last_error', last_error, 'last_error_at', pg_temp.utc(last_error_at));

ALTER TABLE provider_state
    ALTER COLUMN state SET NOT NULL,
    DROP COLUMN enabled, DROP COLUMN circuit_state, DROP COLUMN opened_at, DROP COLUMN retry_at, DROP COLUMN failure_ratio,
    DROP COLUMN limit_per_minute, DROP COLUMN burst, DROP COLUMN permits_available, DROP COLUMN rate_limit_queued,
    DROP COLUMN rate_limit_rejections, DROP COLUMN bulkhead_limit, DROP COLUMN bulkhead_active, DROP COLUMN bulkhead_queued,
    DROP COLUMN bulkhead_rejections, DROP COLUMN retries_total, DROP COLUMN calls_total, DROP COLUMN errors_total, DROP COLUMN last_error,
    DROP COLUMN last_error_at, DROP COLUMN last_success_at;
