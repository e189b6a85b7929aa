-- What older rules may have got wrong is judged again by the next run, or asked for again.

-- From here on the days of a series with anomalies, or behind a long gap, are scored again, and days without a session go; null: none.
ALTER TABLE series ADD COLUMN judge_from timestamptz;

DO $$
DECLARE
    judged bigint;
    asked  bigint;
BEGIN
    UPDATE series s SET judge_from = o.ts
    FROM (
        SELECT symbol, timeframe, min(ts) AS ts
        FROM (
            SELECT symbol, timeframe, metric_date::timestamp AT TIME ZONE 'UTC' AS ts FROM data_quality_metrics WHERE anomalies_detected > 0
            UNION ALL SELECT symbol, timeframe, gap_start FROM gaps WHERE gap_end - gap_start > interval '59 days') odd
        GROUP BY symbol, timeframe) o
    JOIN symbols y USING (symbol)
    WHERE s.symbol = o.symbol AND s.timeframe = o.timeframe AND s.first_ts IS NOT NULL AND (s.timeframe <> '1w' OR y.asset_class = 'crypto');

    -- Weeks are built again of their days.
    UPDATE series s SET provisional_from = least(s.provisional_from, date_trunc('week', d.judge_from AT TIME ZONE 'UTC') AT TIME ZONE 'UTC')
    FROM series d JOIN symbols y USING (symbol)
    WHERE s.symbol = d.symbol AND s.timeframe = '1w' AND s.first_ts IS NOT NULL AND d.timeframe = '1d' AND d.judge_from IS NOT NULL
      AND y.asset_class <> 'crypto';

    -- Other exchanges had New York's hours and dates: their days are fetched again, and what providers still have of the shorter intervals.
    WITH elsewhere AS (
        SELECT s.symbol, s.timeframe, s.last_ts,
               CASE WHEN s.timeframe = '1d' THEN s.first_ts ELSE greatest(s.first_ts, now() - interval '50 days') END AS start
        FROM series s JOIN symbols y USING (symbol)
        WHERE y.active AND y.asset_class <> 'crypto' AND s.timeframe <> '1w' AND s.first_ts IS NOT NULL
          AND y.symbol ~ '(^\^|=X$|\.(L|DE|PA|AS|BR|LS|SW|MI|MC|ST|CO|HE|OL|HK|T|TO|AX|KS|SI|TW|SS|SZ|BO|NS)$)'),
    again AS (
        INSERT INTO backfill_state AS b (symbol, timeframe, start_date, end_date, status)
        SELECT symbol, timeframe, start, last_ts + interval '1 microsecond', 'running' FROM elsewhere WHERE start <= last_ts
        ON CONFLICT (symbol, timeframe, start_date, end_date) DO UPDATE SET
            status = 'running', last_successful_date = NULL, job_id = NULL, updated_at = now()
        RETURNING symbol),
    dated AS (
        UPDATE series s SET judge_from = s.first_ts FROM elsewhere e
        WHERE s.symbol = e.symbol AND s.timeframe = '1d' AND e.timeframe = '1d'),
    -- Splits that were told for several days, or in several ratios.
    contradicted AS (
        UPDATE symbols y SET actions_checked_at = NULL
        WHERE EXISTS (
            SELECT FROM corporate_action_reports a JOIN corporate_action_reports b ON b.symbol = a.symbol AND b.id > a.id
                AND abs(b.ex_date - a.ex_date) <= 10 AND b.ratio_from IS NOT NULL AND b.withdrawn_at IS NULL
                AND (b.ex_date, b.ratio_to / b.ratio_from) IS DISTINCT FROM (a.ex_date, a.ratio_to / a.ratio_from)
            WHERE a.symbol = y.symbol AND a.ratio_from > 0 AND b.ratio_from > 0 AND a.withdrawn_at IS NULL)
        RETURNING symbol)
    SELECT count(*) INTO asked FROM (SELECT symbol FROM again UNION SELECT symbol FROM contradicted) a;

    SELECT count(*) INTO judged FROM series WHERE judge_from IS NOT NULL;
    IF judged + asked > 0 THEN
        PERFORM publish_event('quality', jsonb_build_object('series_judged_again', judged, 'symbols_asked_again', asked));
    END IF;
END $$;
