-- A symbol that no provider knows any more is neither late nor in error: its history has ended.
ALTER TABLE symbol_status
    ADD COLUMN unknown_since timestamptz,          -- since when no provider knows it; null while one does
    DROP CONSTRAINT enrichment_status_status_check,
    DROP CONSTRAINT enrichment_status_health_check,
    ADD CONSTRAINT symbol_status_status_check CHECK (
        status IN ('pending', 'unverified', 'queued', 'running', 'retrying', 'healthy', 'warning', 'delisted', 'stale', 'error')),
    ADD CONSTRAINT symbol_status_health_check CHECK (
        health IN ('pending', 'unverified', 'healthy', 'warning', 'delisted', 'stale', 'error'));

-- A series of which nothing was ever expected is not complete.
UPDATE series SET completeness = NULL, quality_score = NULL WHERE expected_records = 0;

-- zero_volume, bit 3 of a candle's issues, speaks only of series that have volume: what an index, or a series without any, was marked
-- for is taken back, and the days and the series are summed up anew. Bit 14 says that a candle is validated.
DO $$
DECLARE
    bar_interval text;
BEGIN
    SET LOCAL timescaledb.max_tuples_decompressed_per_dml_transaction = 0;
    FOREACH bar_interval IN ARRAY ARRAY['5m', '15m', '30m', '1h', '4h', '1d', '1w'] LOOP
        EXECUTE format($heal$
            CREATE TEMPORARY TABLE without_volume ON COMMIT DROP AS
            SELECT s.id, s.symbol FROM series s
            WHERE s.timeframe = %1$L
              AND EXISTS (SELECT FROM %2$I b WHERE b.series_id = s.id AND b.issues & 8 <> 0)
              AND (s.symbol LIKE '^%%' OR NOT EXISTS (SELECT FROM %2$I b WHERE b.series_id = s.id AND b.volume > 0));

            UPDATE %2$I b SET issues = (
                b.issues & ~(8 | 16384) | CASE WHEN candle_score((b.issues & ~8)::smallint) >= 0.85 THEN 16384 ELSE 0 END)::smallint
            FROM without_volume w WHERE b.series_id = w.id AND b.issues & 8 <> 0;

            UPDATE data_quality_metrics m SET
                validated_records = d.validated, validation_rate = d.validated::float8 / d.total, anomalies_detected = d.anomalies,
                avg_quality_score = d.score, updated_at = now()
            FROM (
                SELECT w.symbol, (b.ts AT TIME ZONE 'UTC')::date AS date, count(*) AS total,
                       count(*) FILTER (WHERE b.issues & 16384 <> 0)::integer AS validated,
                       -- Those about the candle's own values: all but gap_before and fallback_source.
                       count(*) FILTER (WHERE b.issues & 159 <> 0)::integer AS anomalies,
                       avg(candle_score(b.issues)) AS score
                FROM %2$I b JOIN without_volume w ON w.id = b.series_id GROUP BY 1, 2) d
            WHERE m.symbol = d.symbol AND m.timeframe = %1$L AND m.metric_date = d.date;

            UPDATE series s SET
                validated_records = q.validated, validation_rate = q.validated::float8 / nullif(q.records, 0), avg_candle_score = q.score,
                quality_score = q.score * s.completeness, updated_at = now()
            FROM (
                SELECT m.symbol, sum(m.validated_records) AS validated, sum(m.total_records) AS records,
                       sum(m.avg_quality_score * m.total_records) / nullif(sum(m.total_records), 0) AS score
                FROM data_quality_metrics m JOIN without_volume w USING (symbol) WHERE m.timeframe = %1$L GROUP BY 1) q
            WHERE s.symbol = q.symbol AND s.timeframe = %1$L;

            DROP TABLE without_volume;
            $heal$, bar_interval, 'bars_' || bar_interval);
    END LOOP;
END $$;
UPDATE symbol_status SET judge_at = '-infinity';
