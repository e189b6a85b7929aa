-- Keys, their trail, repeated requests, and the event stream.

CREATE TABLE api_keys (
    id           uuid PRIMARY KEY,
    name         text NOT NULL,
    prefix       text NOT NULL,                             -- first characters, to recognise a key by; not a secret
    key_hash     bytea NOT NULL UNIQUE,                     -- SHA-256
    scopes       text[] NOT NULL CHECK (scopes <@ ARRAY['read', 'enrich', 'admin'] AND cardinality(scopes) > 0),
    requests_per_minute integer CHECK (requests_per_minute > 0),
    created_at   timestamptz NOT NULL DEFAULT now(),
    created_by   text,
    expires_at   timestamptz,
    revoked_at   timestamptz,
    last_used_at timestamptz
);

CREATE TABLE api_key_audit (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key_id     uuid NOT NULL REFERENCES api_keys ON DELETE CASCADE,
    at         timestamptz NOT NULL DEFAULT now(),
    action     text NOT NULL,
    actor      text,
    detail     text,
    address    text
);
CREATE INDEX api_key_audit_of_key ON api_key_audit (key_id, id DESC);

CREATE TABLE idempotency_keys (
    key           text NOT NULL,
    caller        text NOT NULL,
    request_hash  bytea NOT NULL,
    status_code   integer,
    response      jsonb,
    created_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (key, caller)
);
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);

-- Written by triggers in the transaction that changes the thing; xid lets a reader deliver in an order that no late commit can break.
CREATE TABLE events (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    xid        xid8 NOT NULL DEFAULT pg_current_xact_id(),
    kind       text NOT NULL CHECK (kind IN ('run', 'job', 'circuit', 'scheduler', 'quality')),
    payload    jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX events_age ON events (created_at);

CREATE FUNCTION publish_event(event_kind text, event_payload jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    event_id bigint;
BEGIN
    INSERT INTO events (kind, payload) VALUES (event_kind, event_payload) RETURNING id INTO event_id;
    PERFORM pg_notify('marketdata_events', event_id || ' ' || event_kind);
END $$;

CREATE FUNCTION on_run_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM publish_event('run', jsonb_build_object(
        'job_id', NEW.job_id, 'trigger', NEW.trigger, 'status', NEW.status, 'created_at', NEW.created_at,
        'started_at', NEW.started_at, 'completed_at', NEW.completed_at, 'symbols_total', NEW.symbols_total,
        'symbols_successful', NEW.symbols_successful, 'symbols_failed', NEW.symbols_failed,
        'symbols_cancelled', NEW.symbols_cancelled, 'symbols_retried', NEW.symbols_retried,
        'records_inserted', NEW.records_inserted, 'records_updated', NEW.records_updated));
    RETURN NULL;
END $$;
CREATE TRIGGER run_changed AFTER INSERT OR UPDATE ON enrichment_history FOR EACH ROW EXECUTE FUNCTION on_run_changed();

CREATE FUNCTION on_job_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM publish_event('job', jsonb_build_object(
        'id', NEW.id, 'job_id', NEW.job_id, 'symbol', NEW.symbol, 'status', NEW.status, 'step', NEW.step,
        'timeframe', NEW.step_timeframe, 'attempt', NEW.attempt, 'due_at', NEW.due_at, 'started_at', NEW.started_at,
        'completed_at', NEW.completed_at, 'error_message', NEW.error_message, 'trace_id', NEW.trace_id));
    RETURN NULL;
END $$;
CREATE TRIGGER job_inserted AFTER INSERT ON enrichment_jobs FOR EACH ROW EXECUTE FUNCTION on_job_changed();
CREATE TRIGGER job_changed AFTER UPDATE ON enrichment_jobs FOR EACH ROW
    WHEN (OLD.status IS DISTINCT FROM NEW.status OR OLD.step IS DISTINCT FROM NEW.step
       OR OLD.step_timeframe IS DISTINCT FROM NEW.step_timeframe OR OLD.attempt IS DISTINCT FROM NEW.attempt)
    EXECUTE FUNCTION on_job_changed();

CREATE FUNCTION on_circuit_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM publish_event('circuit', jsonb_build_object(
        'provider', NEW.provider, 'node', NEW.node_id, 'from', NEW.from_state, 'to', NEW.to_state,
        'reason', NEW.reason, 'changed_at', NEW.changed_at));
    RETURN NULL;
END $$;
CREATE TRIGGER circuit_changed AFTER INSERT ON provider_circuit_history FOR EACH ROW EXECUTE FUNCTION on_circuit_changed();

CREATE FUNCTION on_scheduler_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM publish_event('scheduler', jsonb_build_object(
        'paused', NEW.paused, 'changed_at', NEW.changed_at, 'changed_by', NEW.changed_by, 'next_run', NEW.next_run));
    RETURN NULL;
END $$;
CREATE TRIGGER scheduler_changed AFTER UPDATE ON scheduler_state FOR EACH ROW
    WHEN (OLD.paused IS DISTINCT FROM NEW.paused OR OLD.next_run IS DISTINCT FROM NEW.next_run)
    EXECUTE FUNCTION on_scheduler_changed();

CREATE FUNCTION on_status_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM publish_event('quality', jsonb_build_object(
        'symbol', NEW.symbol, 'status', NEW.status, 'quality_score', NEW.quality_score,
        'validation_rate', NEW.validation_rate, 'data_completeness', NEW.data_completeness,
        'records_available', NEW.records_available, 'last_enrichment_time', NEW.last_enrichment_time));
    RETURN NULL;
END $$;
CREATE TRIGGER status_changed AFTER UPDATE ON enrichment_status FOR EACH ROW
    WHEN (OLD.status IS DISTINCT FROM NEW.status OR OLD.quality_score IS DISTINCT FROM NEW.quality_score)
    EXECUTE FUNCTION on_status_changed();
