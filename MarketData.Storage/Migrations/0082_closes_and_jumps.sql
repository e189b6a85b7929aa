-- A dividend is measured by the last close before its ex-date, of whatever interval there is.
CREATE OR REPLACE VIEW price_factors AS
WITH actions AS (
    SELECT symbol, ex_date, ratio_to / ratio_from AS split, 1::double precision AS dividend FROM corporate_actions WHERE kind = 'split'
    UNION ALL
    SELECT m.symbol, m.ex_date, 1, 1 - m.cash_amount / m.close_before
    FROM (
        SELECT a.symbol, a.ex_date, a.cash_amount,
               CASE WHEN is_close_of_day_before(c.ts, a.ex_date) THEN c.close ELSE (close_before(a.symbol, a.ex_date, NULL)).close END AS close_before
        FROM corporate_actions a LEFT JOIN series s ON s.symbol = a.symbol AND s.timeframe = '1d'
        LEFT JOIN LATERAL (
            SELECT ts, close FROM bars_1d WHERE series_id = s.id AND ts < a.ex_date::timestamp AT TIME ZONE 'UTC' ORDER BY ts DESC LIMIT 1) c ON true
        WHERE a.kind = 'dividend') m
    WHERE m.cash_amount < m.close_before),
steps AS (SELECT symbol, ex_date, product(split) AS split, product(dividend) AS dividend FROM actions GROUP BY symbol, ex_date)
SELECT symbol, lag(ex_date) OVER (PARTITION BY symbol ORDER BY ex_date) AS from_date, ex_date AS until_date,
       product(split) OVER (PARTITION BY symbol ORDER BY ex_date DESC) AS split,
       product(dividend) OVER (PARTITION BY symbol ORDER BY ex_date DESC) AS dividend
FROM steps;

-- What was computed over adjusted candles of symbols without days knew of no dividend.
DELETE FROM feature_checkpoints c USING series s WHERE c.series_id = s.id AND c.is_adjusted
    AND NOT EXISTS (SELECT FROM series d WHERE d.symbol = s.symbol AND d.timeframe = '1d' AND d.first_ts IS NOT NULL)
    AND EXISTS (SELECT FROM corporate_actions a WHERE a.symbol = s.symbol AND a.kind = 'dividend');
DELETE FROM latest_features l WHERE NOT EXISTS (SELECT FROM series d WHERE d.symbol = l.symbol AND d.timeframe = '1d' AND d.first_ts IS NOT NULL)
    AND EXISTS (SELECT FROM corporate_actions a WHERE a.symbol = l.symbol AND a.kind = 'dividend');

-- Stretches in another unit, and tickers that were given to another instrument.
CREATE OR REPLACE FUNCTION candle_rules() RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    ARRAY['price_anomaly', 'suspected_split', 'volume_anomaly', 'zero_volume', 'flat_repeat', 'gap_before', 'fallback_source', 'provider_disagreement',
          'incomplete', 'unit_shift', 'possible_ticker_reuse'];

CREATE OR REPLACE FUNCTION candle_score(issues smallint) RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    greatest(0, 100 - 30 * (issues & 1) - 30 * (issues >> 1 & 1) - 15 * (issues >> 2 & 1) - 20 * (issues >> 3 & 1) - 10 * (issues >> 4 & 1)
        - 15 * (issues >> 5 & 1) - 5 * (issues >> 6 & 1) - 20 * (issues >> 7 & 1) - 15 * (issues >> 8 & 1) - 30 * (issues >> 9 & 1)
        - 30 * (issues >> 10 & 1)) / 100.0::double precision;
