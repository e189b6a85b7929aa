-- The last requests to providers one by one, beside provider_requests, which counts all of them: what was asked, and what came of it. A node
-- writes them a second later and in portions; it leaves out some rather than to keep a job waiting.
CREATE TABLE provider_request_log (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    provider    text NOT NULL,
    node_id     text NOT NULL,
    job_id      uuid,                                       -- the run; null: no job's, such as a probe or a look-up
    attempt     integer,
    symbol      text,                                       -- of a request for many symbols, that of the job which made it
    timeframe   text,
    method      text NOT NULL,
    address     text NOT NULL,                              -- without key and secret, cut off when it is long
    status      integer,                                    -- HTTP; null: no answer
    failure     text,                                       -- a kind of ProviderErrorKind, timeout or cancelled; null: the answer was of use
    error       text,                                       -- the failure in words
    bytes       bigint,                                     -- of the answer's body, unpacked; null: it was not had to its end
    started_at  timestamptz NOT NULL,
    duration_ms double precision NOT NULL,                  -- to the end of the answer, or to the failure; without waits of our own
    trace_id    text
);
CREATE INDEX provider_request_log_by_provider ON provider_request_log (provider, id);
CREATE INDEX provider_request_log_by_job ON provider_request_log (job_id, symbol) WHERE job_id IS NOT NULL;
