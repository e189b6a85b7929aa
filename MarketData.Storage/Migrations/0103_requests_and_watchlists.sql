-- What was asked of providers over HTTP, minute by minute, which the log of fetched series can't tell: a series may take many requests, and a
-- request serve many series. Latencies are counts by bucket, whose bounds are those of LatencyBuckets.
CREATE TABLE provider_requests (
    provider    text NOT NULL,
    minute      timestamptz NOT NULL,
    node_id     text NOT NULL,
    sent        bigint NOT NULL DEFAULT 0,                  -- requests whose headers went out
    answered    bigint NOT NULL DEFAULT 0,                  -- those that were answered to the end, whatever the status
    not_asked   bigint NOT NULL DEFAULT 0,                  -- requests not made, since the circuit was open
    response_ms double precision NOT NULL DEFAULT 0,        -- of those answered, in all
    latencies   bigint[] NOT NULL,
    PRIMARY KEY (provider, minute, node_id)
);
CREATE INDEX provider_requests_by_minute ON provider_requests (minute);

ALTER TABLE enrichment_fetch_log
    ADD COLUMN requests integer,                            -- answers that source_response_time_ms is the time of; null before this version
    ADD COLUMN not_asked boolean NOT NULL DEFAULT false;    -- the provider was not asked, since its circuit was open

-- Named sets of symbols. A symbol may be on one before it is tracked, and stay when it is removed.
CREATE TABLE watchlists (
    name       text PRIMARY KEY CHECK (name ~ '^[a-z0-9][a-z0-9_-]{0,49}$'),
    symbols    text[] NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    updated_by text
);
