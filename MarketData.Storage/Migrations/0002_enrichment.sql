-- Runs, the jobs in them, and the cluster that works on them. enrichment_jobs is the truth about who may write what.

CREATE TABLE enrichment_history (
    job_id             uuid PRIMARY KEY,
    trigger            text NOT NULL CHECK (trigger IN ('nightly', 'manual', 'startup', 'backfill', 'gap', 'retry')),
    status             text NOT NULL CHECK (status IN ('queued', 'running', 'completed', 'partial', 'failed', 'cancelled')),
    requested_by       text,
    created_at         timestamptz NOT NULL DEFAULT now(),
    started_at         timestamptz,
    completed_at       timestamptz,
    symbols_total      integer NOT NULL DEFAULT 0,
    symbols_successful integer NOT NULL DEFAULT 0,
    symbols_failed     integer NOT NULL DEFAULT 0,
    symbols_cancelled  integer NOT NULL DEFAULT 0,
    symbols_retried    integer NOT NULL DEFAULT 0,
    records_fetched    bigint NOT NULL DEFAULT 0,
    records_inserted   bigint NOT NULL DEFAULT 0,
    records_updated    bigint NOT NULL DEFAULT 0,
    trace_id           text,
    trace_parent       text,                                -- W3C traceparent of the request that asked: the jobs' traces link to it
    CHECK ((completed_at IS NOT NULL) = (status IN ('completed', 'partial', 'failed', 'cancelled')))
);
CREATE INDEX enrichment_history_recent ON enrichment_history (created_at DESC, job_id DESC);
CREATE INDEX enrichment_history_open ON enrichment_history (created_at) WHERE completed_at IS NULL;

CREATE TABLE enrichment_jobs (
    id                bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    job_id            uuid NOT NULL REFERENCES enrichment_history ON DELETE CASCADE,   -- the run
    symbol            text NOT NULL,
    asset_class       text NOT NULL,
    timeframes        text[] NOT NULL,                      -- widened when somebody joins
    range_from        timestamptz,                          -- both set: a backfill of that range; both null: from the watermark
    range_to          timestamptz,
    status            text NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'running', 'retrying', 'succeeded', 'failed', 'cancelled')),
    step              text CHECK (step IN ('fetch', 'validate', 'compute', 'score', 'store')),
    step_timeframe    text,
    attempt           integer NOT NULL DEFAULT 0,           -- attempts begun; a takeover goes on with the one in hand
    continues_attempt boolean NOT NULL DEFAULT false,       -- given back or lost: the next claim goes on with the same attempt
    losses            integer NOT NULL DEFAULT 0,           -- nodes lost in a row while working on this
    max_attempts      integer NOT NULL DEFAULT 4,           -- set by the claiming node from its settings
    queued_at         timestamptz NOT NULL DEFAULT now(),
    due_at            timestamptz NOT NULL DEFAULT now(),
    started_at        timestamptz,                          -- first attempt
    attempt_started_at timestamptz,
    completed_at      timestamptz,
    worked_ms         bigint NOT NULL DEFAULT 0,            -- time in attempts, apart from time queued
    lease_owner       text,
    lease_expires_at  timestamptz,
    fence             bigint NOT NULL DEFAULT 0,            -- grows with each claim; a writer with an older one is refused
    cancel_requested  boolean NOT NULL DEFAULT false,
    records_fetched   bigint NOT NULL DEFAULT 0,
    records_inserted  bigint NOT NULL DEFAULT 0,
    records_updated   bigint NOT NULL DEFAULT 0,
    error_kind        text CHECK (error_kind IN ('transient', 'permanent')),
    error_message     text,
    error_advice      text,
    trace_id          text,
    updated_at        timestamptz NOT NULL DEFAULT now(),
    CHECK ((range_from IS NULL) = (range_to IS NULL)),
    CHECK ((status = 'running') = (lease_owner IS NOT NULL)),
    CHECK ((completed_at IS NOT NULL) = (status IN ('succeeded', 'failed', 'cancelled')))
);
CREATE UNIQUE INDEX enrichment_jobs_one_running ON enrichment_jobs (symbol) WHERE status = 'running';
CREATE UNIQUE INDEX enrichment_jobs_one_waiting ON enrichment_jobs (symbol, range_from, range_to) NULLS NOT DISTINCT
    WHERE status IN ('queued', 'retrying', 'running');
CREATE INDEX enrichment_jobs_due ON enrichment_jobs (due_at, id) WHERE status IN ('queued', 'retrying');
CREATE INDEX enrichment_jobs_waiting_of_run ON enrichment_jobs (job_id, due_at, id) WHERE status IN ('queued', 'retrying');
CREATE INDEX enrichment_jobs_leases ON enrichment_jobs (lease_expires_at) WHERE status = 'running';
CREATE INDEX enrichment_jobs_of_run ON enrichment_jobs (job_id, symbol);
CREATE INDEX enrichment_jobs_of_symbol ON enrichment_jobs (symbol, id DESC);
CREATE INDEX enrichment_jobs_done ON enrichment_jobs (completed_at DESC) WHERE completed_at IS NOT NULL;

-- What each attempt did, kept so that a person can see why.
CREATE TABLE enrichment_job_attempts (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    enrichment_job_id bigint NOT NULL REFERENCES enrichment_jobs ON DELETE CASCADE,
    attempt       integer NOT NULL,
    node_id       text NOT NULL,
    started_at    timestamptz NOT NULL,
    ended_at      timestamptz,
    outcome       text CHECK (outcome IN ('succeeded', 'failed', 'cancelled', 'lost', 'returned')),
    steps         jsonb,                                    -- [{"step","timeframe","ms"}]
    error_message text,
    trace_id      text
);
CREATE INDEX enrichment_job_attempts_of_job ON enrichment_job_attempts (enrichment_job_id, attempt);

CREATE TABLE enrichment_status (
    symbol               text PRIMARY KEY REFERENCES symbols ON DELETE CASCADE,
    asset_class          text NOT NULL,
    status               text NOT NULL DEFAULT 'pending'
                         CHECK (status IN ('pending', 'queued', 'running', 'retrying', 'healthy', 'warning', 'stale', 'error')),
    health               text NOT NULL DEFAULT 'pending'     -- what status falls back to when no job is in hand
                         CHECK (health IN ('pending', 'healthy', 'warning', 'stale', 'error')),
    last_enrichment_time timestamptz,
    data_age_seconds     double precision,
    records_available    bigint NOT NULL DEFAULT 0,
    quality_score        double precision,
    validation_rate      double precision,
    data_completeness    double precision,
    error_message        text,
    error_advice         text,
    retry_count          integer NOT NULL DEFAULT 0,
    next_retry_at        timestamptz,
    last_fetch_success   timestamptz,
    last_compute_success timestamptz,
    updated_at           timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE enrichment_fetch_log (
    id                      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    job_id                  uuid,
    symbol                  text NOT NULL,
    source                  text NOT NULL,
    timeframe               text NOT NULL,
    records_fetched         integer NOT NULL DEFAULT 0,
    records_inserted        integer NOT NULL DEFAULT 0,
    records_updated         integer NOT NULL DEFAULT 0,
    records_rejected        integer NOT NULL DEFAULT 0,
    out_of_session          integer NOT NULL DEFAULT 0,
    source_response_time_ms double precision,
    success                 boolean NOT NULL,
    error_message           text,
    trace_id                text,
    created_at              timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX enrichment_fetch_log_recent ON enrichment_fetch_log (created_at);
CREATE INDEX enrichment_fetch_log_of_symbol ON enrichment_fetch_log (symbol, created_at DESC);

CREATE TABLE enrichment_compute_log (
    id                  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    job_id              uuid,
    symbol              text NOT NULL,
    timeframe           text NOT NULL,
    compute_type        text NOT NULL,
    features_computed   integer NOT NULL DEFAULT 0,
    computation_time_ms double precision,
    success             boolean NOT NULL,
    error_message       text,
    created_at          timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX enrichment_compute_log_recent ON enrichment_compute_log (created_at);
CREATE INDEX enrichment_compute_log_of_symbol ON enrichment_compute_log (symbol, created_at DESC);

-- A backfill goes in chunks, each committed with its progress: killed, it goes on from last_successful_date.
CREATE TABLE backfill_state (
    symbol               text NOT NULL,
    timeframe            text NOT NULL,
    start_date           timestamptz NOT NULL,
    end_date             timestamptz NOT NULL,
    last_successful_date timestamptz,
    status               text NOT NULL CHECK (status IN ('pending', 'running', 'completed', 'failed', 'cancelled')),
    retry_count          integer NOT NULL DEFAULT 0,
    last_error           text,
    job_id               uuid,
    updated_at           timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (symbol, timeframe, start_date, end_date)
);

CREATE TABLE enrichment_nodes (
    node_id       text PRIMARY KEY,
    host          text NOT NULL,
    process_id    integer NOT NULL,
    version       text NOT NULL,
    concurrency   integer NOT NULL,
    running       integer NOT NULL DEFAULT 0,
    started_at    timestamptz NOT NULL DEFAULT now(),
    heartbeat_at  timestamptz NOT NULL DEFAULT now(),
    stopped_at    timestamptz                               -- set by an orderly stop
);

-- One row: what the whole cluster was told.
CREATE TABLE scheduler_state (
    only_row    boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    paused      boolean NOT NULL DEFAULT false,
    changed_at  timestamptz NOT NULL DEFAULT now(),
    changed_by  text,
    next_run    timestamptz,
    last_run    timestamptz
);
INSERT INTO scheduler_state DEFAULT VALUES;

-- Resilience per provider and node, as the node last reported it.
CREATE TABLE provider_state (
    provider              text NOT NULL,
    node_id               text NOT NULL,
    enabled               boolean NOT NULL DEFAULT true,
    circuit_state         text NOT NULL DEFAULT 'closed' CHECK (circuit_state IN ('closed', 'half_open', 'open', 'isolated')),
    opened_at             timestamptz,
    retry_at              timestamptz,
    failure_ratio         double precision NOT NULL DEFAULT 0,
    limit_per_minute      integer NOT NULL,
    burst                 integer NOT NULL,
    permits_available     double precision NOT NULL,
    rate_limit_queued     integer NOT NULL DEFAULT 0,
    rate_limit_rejections bigint NOT NULL DEFAULT 0,
    bulkhead_limit        integer NOT NULL,
    bulkhead_active       integer NOT NULL DEFAULT 0,
    bulkhead_queued       integer NOT NULL DEFAULT 0,
    bulkhead_rejections   bigint NOT NULL DEFAULT 0,
    retries_total         bigint NOT NULL DEFAULT 0,
    calls_total           bigint NOT NULL DEFAULT 0,
    errors_total          bigint NOT NULL DEFAULT 0,
    last_error            text,
    last_error_at         timestamptz,
    last_success_at       timestamptz,
    updated_at            timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (provider, node_id)
);

CREATE TABLE provider_circuit_history (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    provider    text NOT NULL,
    node_id     text NOT NULL,
    from_state  text NOT NULL,
    to_state    text NOT NULL,
    reason      text,
    changed_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX provider_circuit_history_recent ON provider_circuit_history (provider, changed_at DESC);

-- The token bucket of a provider's key, shared by all nodes: tokens as of refilled_at.
CREATE TABLE provider_quota (
    provider      text PRIMARY KEY,
    tokens        double precision NOT NULL,
    refilled_at   timestamptz NOT NULL DEFAULT now(),
    blocked_until timestamptz                               -- the provider's own Retry-After
);
