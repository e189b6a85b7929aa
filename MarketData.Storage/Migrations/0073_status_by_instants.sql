-- The age of data follows from an instant and is computed by readers; a symbol is judged anew when time may change the judgement.
ALTER TABLE enrichment_status RENAME TO symbol_status;
ALTER TABLE symbol_status
    ADD COLUMN data_until timestamptz,          -- when the newest candle closed
    ADD COLUMN judge_at   timestamptz;          -- when time alone may change the judgement; null: never
UPDATE symbol_status SET judge_at = '-infinity';
ALTER TABLE symbol_status DROP COLUMN data_age_seconds;
CREATE INDEX symbol_status_due ON symbol_status (judge_at);

CREATE VIEW enrichment_status AS
SELECT symbol, asset_class, status, health, last_enrichment_time, extract(epoch FROM now() - data_until)::float8 AS data_age_seconds,
       records_available, quality_score, validation_rate, data_completeness, error_message, error_advice, retry_count, next_retry_at,
       last_fetch_success, last_compute_success, updated_at
FROM symbol_status;

-- What changed since the gauges were read.
CREATE INDEX series_changed ON series (updated_at);
