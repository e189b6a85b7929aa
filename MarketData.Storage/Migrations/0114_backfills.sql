-- A backfill is one thing to a person, however many runs it takes: the one that began it, and those that went on with what had failed or was
-- cancelled.
CREATE TABLE backfills (
    id           uuid PRIMARY KEY,                          -- that of the run that began it
    range_from   timestamptz NOT NULL,
    range_to     timestamptz NOT NULL,
    requested_by text,
    created_at   timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX backfills_recent ON backfills (created_at DESC, id DESC);

ALTER TABLE enrichment_history ADD COLUMN backfill_id uuid REFERENCES backfills (id);
CREATE INDEX enrichment_history_of_backfill ON enrichment_history (backfill_id) WHERE backfill_id IS NOT NULL;

-- Those of before; of their retries nothing tells whose they were.
INSERT INTO backfills (id, range_from, range_to, requested_by, created_at)
SELECT h.job_id, min(j.range_from), max(j.range_to), h.requested_by, h.created_at
FROM enrichment_history h JOIN enrichment_jobs j USING (job_id)
WHERE h.trigger = 'backfill' AND j.range_from IS NOT NULL
GROUP BY h.job_id;
UPDATE enrichment_history h SET backfill_id = b.id FROM backfills b WHERE b.id = h.job_id;

-- What the Api asks before one begins, what it would take, and what an enrichment node answers: as symbol_lookups.
CREATE UNLOGGED TABLE backfill_plans (
    id         uuid PRIMARY KEY,
    request    jsonb NOT NULL,
    expires_at timestamptz NOT NULL,                        -- until when somebody waits for the answer
    claimed_by text,                                        -- the node that plans
    plan       jsonb
);
CREATE TRIGGER announce_backfill_plan AFTER INSERT ON backfill_plans FOR EACH ROW EXECUTE FUNCTION announce_symbol_lookup();
