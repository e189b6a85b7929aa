-- What a person should look at, kept where it is cheap to find.

-- Why a symbol's last job failed for good, in a word, and since when for that reason.
ALTER TABLE symbol_status
    ADD COLUMN error_reason text,
    ADD COLUMN error_since  timestamptz;

-- The candles that are marked unit_shift or possible_ticker_reuse, in step with them.
CREATE TABLE price_level_marks (
    series_id       integer NOT NULL REFERENCES series (id) ON DELETE CASCADE,
    ts              timestamptz NOT NULL,
    rule            text NOT NULL CHECK (rule IN ('unit_shift', 'possible_ticker_reuse')),
    found_at        timestamptz NOT NULL DEFAULT now(),
    acknowledged_at timestamptz,                     -- when a person said that the candle is right; null while nobody has
    acknowledged_by text,
    PRIMARY KEY (series_id, ts, rule)
);
CREATE INDEX price_level_marks_open ON price_level_marks (series_id) WHERE acknowledged_at IS NULL;

-- The first day of a symbol's history where a person said so: what providers have of before is not asked for.
ALTER TABLE symbols ADD COLUMN history_from date;

-- A name is removed by its number.
ALTER TABLE instrument_aliases ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY UNIQUE;

CREATE VIEW attention_items AS
SELECT i.kind, i.symbol, i.since, i.occurrences, i.day, i.cause, i.advice
FROM (
    SELECT state AS kind, symbol, min(first_seen_at) AS since, count(*) AS occurrences, max(ex_date) AS day,
           (array_agg(reason ORDER BY ex_date DESC))[1] AS cause, NULL::text AS advice
    FROM corporate_action_reports WHERE state IN ('disputed', 'unconverted') AND withdrawn_at IS NULL AND decision IS NULL GROUP BY state, symbol
    UNION ALL
    SELECT m.rule, r.symbol, min(m.found_at), count(*), max((m.ts AT TIME ZONE 'UTC')::date), NULL, NULL
    FROM price_level_marks m JOIN series r ON r.id = m.series_id WHERE m.acknowledged_at IS NULL GROUP BY m.rule, r.symbol
    UNION ALL
    SELECT 'identity_mismatch', symbol, error_since, 1, NULL, error_message, error_advice
    FROM symbol_status WHERE health = 'error' AND error_reason = 'identity_mismatch'
    UNION ALL
    SELECT 'delisted', symbol, unknown_since, 1, NULL, error_message, error_advice FROM symbol_status WHERE health = 'delisted') i
JOIN symbols s USING (symbol) WHERE s.active;
