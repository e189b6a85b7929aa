-- Histories that users bring: what each import is, what of it is still to be stored, and what came of the rest.
CREATE TABLE imports (
    name         text PRIMARY KEY CHECK (name ~ '^[a-z0-9][a-z0-9._-]{0,47}$'),   -- candles have the source import:<name>
    phase        text NOT NULL DEFAULT 'receiving' CHECK (phase IN ('receiving', 'storing', 'undoing')),
    upload       uuid NOT NULL,                             -- whose rows are taken: a later upload under the name takes over
    is_dry_run   boolean NOT NULL DEFAULT false,
    requested_by text,
    created_at   timestamptz NOT NULL DEFAULT now(),
    received_at  timestamptz,
    undone_by    text,
    undone_at    timestamptz,                               -- when it was asked for
    report       jsonb                                      -- what was found when the rows were read
);

-- Candles that were received and wait to be stored, packed; gone with the transaction that stores them.
CREATE TABLE import_chunks (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name      text NOT NULL REFERENCES imports ON DELETE CASCADE,
    symbol    text NOT NULL,
    timeframe text NOT NULL,
    part      timestamptz NOT NULL,                         -- the beginning of the range that is stored as one
    first_ts  timestamptz NOT NULL,
    last_ts   timestamptz NOT NULL,
    candles   integer NOT NULL,
    payload   bytea NOT NULL
);
-- Numbers hardly compress, and each is written and read once.
ALTER TABLE import_chunks ALTER COLUMN payload SET STORAGE EXTERNAL;
CREATE INDEX import_chunks_of_series ON import_chunks (name, symbol, timeframe, part);

CREATE TABLE import_series (
    name      text NOT NULL REFERENCES imports ON DELETE CASCADE,
    symbol    text NOT NULL,
    timeframe text NOT NULL,
    first_ts  timestamptz NOT NULL,
    last_ts   timestamptz NOT NULL,
    received  bigint NOT NULL,
    inserted  bigint NOT NULL DEFAULT 0,
    updated   bigint NOT NULL DEFAULT 0,                    -- old values are in candle_revisions
    unchanged bigint NOT NULL DEFAULT 0,                    -- the same is on record, or a provider's candle that comes first
    rejected  bigint NOT NULL DEFAULT 0,
    known_until date,                                       -- the last day that candles were expected on before it
    PRIMARY KEY (name, symbol, timeframe)
);

ALTER TABLE enrichment_history DROP CONSTRAINT enrichment_history_trigger_check,
    ADD CONSTRAINT enrichment_history_trigger_check CHECK (trigger IN ('nightly', 'manual', 'startup', 'backfill', 'gap', 'retry', 'import'));
ALTER TABLE enrichment_jobs ADD COLUMN import_name text;    -- the import that is stored or undone; no provider is asked
CREATE INDEX enrichment_jobs_of_import ON enrichment_jobs (import_name) WHERE import_name IS NOT NULL;
