-- Events tell times as the API does, in UTC with a Z at the end, whatever the session's time zone; and there are events of candles.

ALTER TABLE events DROP CONSTRAINT events_kind_check;
ALTER TABLE events ADD CONSTRAINT events_kind_check CHECK (kind IN ('run', 'job', 'circuit', 'scheduler', 'quality', 'candle'));

CREATE FUNCTION event_time(at timestamptz) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE RETURN
    CASE WHEN isfinite(at) THEN to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') END;

CREATE OR REPLACE FUNCTION on_run_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM publish_event('run', jsonb_build_object(
        'job_id', NEW.job_id, 'trigger', NEW.trigger, 'status', NEW.status, 'created_at', event_time(NEW.created_at),
        'started_at', event_time(NEW.started_at), 'completed_at', event_time(NEW.completed_at), 'symbols_total', NEW.symbols_total,
        'symbols_successful', NEW.symbols_successful, 'symbols_failed', NEW.symbols_failed,
        'symbols_cancelled', NEW.symbols_cancelled, 'symbols_retried', NEW.symbols_retried,
        'records_inserted', NEW.records_inserted, 'records_updated', NEW.records_updated));
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION on_job_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM publish_event('job', jsonb_build_object(
        'id', NEW.id, 'job_id', NEW.job_id, 'symbol', NEW.symbol, 'status', NEW.status, 'step', NEW.step,
        'timeframe', NEW.step_timeframe, 'attempt', NEW.attempt, 'due_at', event_time(NEW.due_at), 'started_at', event_time(NEW.started_at),
        'completed_at', event_time(NEW.completed_at), 'error_message', NEW.error_message, 'trace_id', NEW.trace_id));
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION on_circuit_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM publish_event('circuit', jsonb_build_object(
        'provider', NEW.provider, 'node', NEW.node_id, 'from', NEW.from_state, 'to', NEW.to_state,
        'reason', NEW.reason, 'changed_at', event_time(NEW.changed_at)));
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION on_scheduler_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM publish_event('scheduler', jsonb_build_object(
        'paused', s.paused, 'changed_at', event_time(s.changed_at), 'changed_by', s.changed_by,
        'next_run', event_time((SELECT next_run FROM schedules WHERE name = 'nightly'))))
    FROM scheduler_state s;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION on_status_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM publish_event('quality', jsonb_build_object(
        'symbol', NEW.symbol, 'status', NEW.status, 'quality_score', NEW.quality_score,
        'validation_rate', NEW.validation_rate, 'data_completeness', NEW.data_completeness,
        'records_available', NEW.records_available, 'last_enrichment_time', event_time(NEW.last_enrichment_time)));
    RETURN NULL;
END $$;
