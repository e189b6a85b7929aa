-- What people and Grafana read by SQL beside the view of candles: adjusted candles, quality and runs.

CREATE AGGREGATE product(double precision) (SFUNC = float8mul, STYPE = double precision, INITCOND = '1', PARALLEL = safe);

-- Prices of a symbol from one date up to another are divided by split and multiplied by dividend to compare with today's; volumes are multiplied
-- by split. A dividend is measured by the last daily close before it, as traded.
CREATE VIEW price_factors AS
WITH actions AS (
    SELECT symbol, ex_date, ratio_to / ratio_from AS split, 1::double precision AS dividend FROM corporate_actions WHERE kind = 'split'
    UNION ALL
    SELECT a.symbol, a.ex_date, 1, 1 - a.cash_amount / c.close
    FROM corporate_actions a JOIN series s ON s.symbol = a.symbol AND s.timeframe = '1d'
    CROSS JOIN LATERAL (
        SELECT close FROM bars_1d WHERE series_id = s.id AND ts < a.ex_date::timestamp AT TIME ZONE 'UTC' ORDER BY ts DESC LIMIT 1) c
    WHERE a.kind = 'dividend' AND a.cash_amount < c.close),
steps AS (SELECT symbol, ex_date, product(split) AS split, product(dividend) AS dividend FROM actions GROUP BY symbol, ex_date)
SELECT symbol, lag(ex_date) OVER (PARTITION BY symbol ORDER BY ex_date) AS from_date, ex_date AS until_date,
       product(split) OVER (PARTITION BY symbol ORDER BY ex_date DESC) AS split,
       product(dividend) OVER (PARTITION BY symbol ORDER BY ex_date DESC) AS dividend
FROM steps;

CREATE VIEW adjusted_candles AS
SELECT c.symbol, c.asset_class, c.timeframe, c.ts,
       c.open / coalesce(f.split, 1) * coalesce(f.dividend, 1) AS open, c.high / coalesce(f.split, 1) * coalesce(f.dividend, 1) AS high,
       c.low / coalesce(f.split, 1) * coalesce(f.dividend, 1) AS low, c.close / coalesce(f.split, 1) * coalesce(f.dividend, 1) AS close,
       c.volume * coalesce(f.split, 1) AS volume, c.vwap / coalesce(f.split, 1) * coalesce(f.dividend, 1) AS vwap, c.trade_count,
       c.source, c.is_validated, c.quality_score, c.validation_notes
FROM candles c LEFT JOIN price_factors f
    ON f.symbol = c.symbol AND c.ts < f.until_date::timestamp AT TIME ZONE 'UTC'
   AND (f.from_date IS NULL OR c.ts >= f.from_date::timestamp AT TIME ZONE 'UTC');

CREATE VIEW quality AS
SELECT s.symbol, y.asset_class, s.timeframe, s.first_ts, s.last_ts, s.records, s.expected_records, s.completeness, s.validation_rate, s.avg_candle_score,
       s.quality_score, (SELECT count(*) FROM gaps g WHERE g.symbol = s.symbol AND g.timeframe = s.timeframe) AS gaps, s.updated_at
FROM series s JOIN symbols y ON y.symbol = s.symbol;

CREATE VIEW runs AS
SELECT job_id, trigger, status, started_at, completed_at, completed_at - started_at AS duration, symbols_total, symbols_successful, symbols_failed,
       symbols_retried, records_inserted, records_updated
FROM enrichment_history;

-- Lets a role read what docs/sql.md lists, and nothing else; makes it if it is not there. With a password it can log in.
CREATE FUNCTION grant_reading(role_name text, role_password text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = role_name AND (rolsuper OR rolname = current_user)) THEN
        RAISE EXCEPTION 'it is there, and may do more than read';
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
        EXECUTE format('CREATE ROLE %I', role_name);
    END IF;
    IF role_password IS NOT NULL THEN
        EXECUTE format('ALTER ROLE %I LOGIN PASSWORD %L', role_name, role_password);
    END IF;
    EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', role_name);
    EXECUTE format($grant$
        GRANT SELECT ON candles, adjusted_candles, latest_features, quality, data_quality_metrics, gaps, runs, corporate_actions, price_factors,
            corporate_action_reports, candle_revisions, symbols, series, candle_sources, candle_partitioning, bars_5m, bars_15m, bars_30m, bars_1h, bars_4h, bars_1d, bars_1w,
            microstructure_5m, microstructure_15m, microstructure_30m, microstructure_1h, microstructure_4h, microstructure_1d, microstructure_1w
        TO %I $grant$, role_name);
END $$;
