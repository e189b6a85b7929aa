-- The warehouse as Parquet files: what has changed since they were written, which there are, and which of them make up each version.

-- What a write has changed in a series since its files were last written. Writers widen the range in the transaction that changes candles;
-- who has written a version takes away the marks that it has seen, by their tokens.
CREATE TABLE bulk_marks (
    series_id      integer PRIMARY KEY REFERENCES series (id) ON DELETE CASCADE,
    changed_from   timestamptz NOT NULL,                    -- the first candle that is another one now
    changed_until  timestamptz NOT NULL,                    -- the last; infinity where the features of all that follow may be others, too
    token          uuid NOT NULL DEFAULT gen_random_uuid()  -- another one with every change
);

CREATE TABLE bulk_runs (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,     -- the version, when it came to one
    status         text NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'running', 'completed', 'unchanged', 'failed')),
    requested_by   text,
    requested_at   timestamptz NOT NULL DEFAULT now(),
    started_at     timestamptz,
    completed_at   timestamptz,
    node           text,
    attempts       integer NOT NULL DEFAULT 0,
    target         text,
    as_of          timestamptz,                             -- everything that was committed before is in the files
    files          integer,
    rows           bigint,
    size_bytes     bigint,
    files_written  integer NOT NULL DEFAULT 0,
    bytes_written  bigint NOT NULL DEFAULT 0,
    error          text
);
-- Who asks for one while one waits joins it. One that is under way may have looked before what was asked for.
CREATE UNIQUE INDEX bulk_runs_queued ON bulk_runs ((true)) WHERE status = 'queued';

-- Files never change: their names hold a part of their checksums.
CREATE TABLE bulk_files (
    file           text PRIMARY KEY,
    timeframe      text NOT NULL,
    period_from    timestamptz NOT NULL,
    period_until   timestamptz NOT NULL,
    first_ts       timestamptz NOT NULL,
    last_ts        timestamptz NOT NULL,
    rows           bigint NOT NULL,
    series         integer NOT NULL,
    size_bytes     bigint NOT NULL,
    sha256         text NOT NULL,
    recorded_at    timestamptz NOT NULL DEFAULT now()
);

-- The newest file of each period, be it part of a version yet or not: a run that was broken off is gone on with from here.
CREATE TABLE bulk_partitions (
    timeframe      text NOT NULL,
    period_from    timestamptz NOT NULL,
    file           text REFERENCES bulk_files,              -- null: the period has no candles
    basis          text NOT NULL,                           -- a digest of what the file follows from beside candles
    marks          text NOT NULL,                           -- a digest of the marks that it takes in
    PRIMARY KEY (timeframe, period_from)
);

CREATE TABLE bulk_version_files (
    version        bigint NOT NULL REFERENCES bulk_runs (id) ON DELETE CASCADE,
    file           text NOT NULL REFERENCES bulk_files,
    PRIMARY KEY (version, file)
);
CREATE INDEX bulk_version_files_of_file ON bulk_version_files (file);
