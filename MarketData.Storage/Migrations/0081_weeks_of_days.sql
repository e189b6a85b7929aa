-- Weeks of what has splits and dividends are built of days, and never asked for.

-- 1w implies 1d.
CREATE FUNCTION with_days_of_weeks(timeframes text[], asset_class text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    CASE WHEN asset_class <> 'crypto' AND '1w' = ANY (timeframes) AND '1d' <> ALL (timeframes)
        THEN array_remove(timeframes, '1w') || '{1d,1w}'::text[] ELSE timeframes END;

CREATE FUNCTION track_days_of_weeks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    new.timeframes := with_days_of_weeks(new.timeframes, new.asset_class);
    RETURN new;
END $$;
CREATE TRIGGER track_days_of_weeks BEFORE INSERT OR UPDATE OF timeframes ON symbols FOR EACH ROW EXECUTE FUNCTION track_days_of_weeks();

UPDATE symbols SET timeframes = timeframes WHERE timeframes IS DISTINCT FROM with_days_of_weeks(timeframes, asset_class);

-- Weeks that providers gave are built anew of days by the next run; what they were stays on record as their revision.
UPDATE series s SET provisional_from = s.first_ts FROM symbols y
WHERE y.symbol = s.symbol AND y.asset_class <> 'crypto' AND s.timeframe = '1w' AND s.first_ts IS NOT NULL;
UPDATE gaps g SET next_ask_at = NULL FROM symbols y WHERE y.symbol = g.symbol AND y.asset_class <> 'crypto' AND g.timeframe = '1w';
DELETE FROM backfill_state b USING symbols y WHERE y.symbol = b.symbol AND y.asset_class <> 'crypto' AND b.timeframe = '1w';
DELETE FROM feature_checkpoints c USING series s JOIN symbols y ON y.symbol = s.symbol
WHERE c.series_id = s.id AND y.asset_class <> 'crypto' AND s.timeframe = '1w';

CREATE OR REPLACE FUNCTION candle_rules() RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    ARRAY['price_anomaly', 'suspected_split', 'volume_anomaly', 'zero_volume', 'flat_repeat', 'gap_before', 'fallback_source', 'provider_disagreement',
          'incomplete'];

CREATE OR REPLACE FUNCTION candle_score(issues smallint) RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    greatest(0, 100 - 30 * (issues & 1) - 30 * (issues >> 1 & 1) - 15 * (issues >> 2 & 1) - 20 * (issues >> 3 & 1) - 10 * (issues >> 4 & 1)
        - 15 * (issues >> 5 & 1) - 5 * (issues >> 6 & 1) - 20 * (issues >> 7 & 1) - 15 * (issues >> 8 & 1)) / 100.0::double precision;

-- The weeks that begin before an action and end after it: made of days, each adjusted by itself, for one factor can't adjust such a week.
CREATE VIEW adjusted_weeks AS
SELECT d.symbol, '1w'::text AS timeframe, d.monday AS ts,
       (array_agg(d.open ORDER BY d.ts))[1] AS open, max(d.high) AS high, min(d.low) AS low, (array_agg(d.close ORDER BY d.ts DESC))[1] AS close,
       sum(d.volume) AS volume,
       CASE WHEN bool_and(d.vwap IS NOT NULL OR d.volume = 0) THEN sum(d.vwap * d.volume) / nullif(sum(d.volume), 0) END AS vwap
FROM (
    SELECT w.symbol, w.monday, b.ts,
           b.open / coalesce(f.split, 1) * coalesce(f.dividend, 1) AS open, b.high / coalesce(f.split, 1) * coalesce(f.dividend, 1) AS high,
           b.low / coalesce(f.split, 1) * coalesce(f.dividend, 1) AS low, b.close / coalesce(f.split, 1) * coalesce(f.dividend, 1) AS close,
           b.volume * coalesce(f.split, 1) AS volume, b.vwap / coalesce(f.split, 1) * coalesce(f.dividend, 1) AS vwap
    FROM (
        SELECT DISTINCT symbol, date_trunc('week', ex_date::timestamp) AT TIME ZONE 'UTC' AS monday
        FROM corporate_actions WHERE extract(isodow FROM ex_date) <> 1) w
    JOIN series s ON s.symbol = w.symbol AND s.timeframe = '1d'
    JOIN bars_1d b ON b.series_id = s.id AND b.ts >= w.monday AND b.ts < w.monday + interval '168 hours'
    LEFT JOIN price_factors f
        ON f.symbol = w.symbol AND b.ts < f.until_date::timestamp AT TIME ZONE 'UTC'
       AND (f.from_date IS NULL OR b.ts >= f.from_date::timestamp AT TIME ZONE 'UTC')) d
GROUP BY d.symbol, d.monday;

CREATE OR REPLACE VIEW adjusted_candles AS
SELECT c.symbol, c.asset_class, c.timeframe, c.ts,
       coalesce(w.open, c.open / coalesce(f.split, 1) * coalesce(f.dividend, 1)) AS open,
       coalesce(w.high, c.high / coalesce(f.split, 1) * coalesce(f.dividend, 1)) AS high,
       coalesce(w.low, c.low / coalesce(f.split, 1) * coalesce(f.dividend, 1)) AS low,
       coalesce(w.close, c.close / coalesce(f.split, 1) * coalesce(f.dividend, 1)) AS close,
       coalesce(w.volume, c.volume * coalesce(f.split, 1)) AS volume,
       CASE WHEN w.ts IS NULL THEN c.vwap / coalesce(f.split, 1) * coalesce(f.dividend, 1) ELSE w.vwap END AS vwap,
       c.trade_count, c.source, c.is_validated, c.quality_score, c.validation_notes
FROM candles c LEFT JOIN price_factors f
    ON f.symbol = c.symbol AND c.ts < f.until_date::timestamp AT TIME ZONE 'UTC'
   AND (f.from_date IS NULL OR c.ts >= f.from_date::timestamp AT TIME ZONE 'UTC')
LEFT JOIN adjusted_weeks w ON w.symbol = c.symbol AND w.timeframe = c.timeframe AND w.ts = c.ts;
