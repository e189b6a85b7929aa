-- What a backfill was estimated to take is kept, to be compared with what it took. A node estimates soon after it is begun; of those that
-- ended before this version there is no estimate.
ALTER TABLE backfills
    ADD COLUMN plan            jsonb,                       -- as the api tells a plan; null: not estimated
    ADD COLUMN plan_claimed_at timestamptz;                 -- when a node began to estimate it
CREATE TRIGGER announce_backfill AFTER INSERT ON backfills FOR EACH ROW EXECUTE FUNCTION announce_symbol_lookup();

-- How much of a backfill was stored when a run that goes on with it began, 0 to 1; null for the first, and for runs of before.
ALTER TABLE enrichment_history ADD COLUMN progress_before double precision;

-- Requests to providers by run: provider_request_log keeps the last ones only, and enrichment_fetch_log knows those for candles alone.
CREATE TABLE run_requests (
    job_id   uuid NOT NULL REFERENCES enrichment_history ON DELETE CASCADE,
    provider text NOT NULL,
    requests bigint NOT NULL,
    PRIMARY KEY (job_id, provider)
);
