-- An ex-date begins with its session, which may open before its midnight UTC: Sydney's does in summer. Between the exchange's midnight and
-- its opening there are no candles.
CREATE FUNCTION begin_of_date(of_date date, timeframe text, zone text) RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    CASE WHEN timeframe IN ('1d', '1w') THEN of_date::timestamp AT TIME ZONE 'UTC'
        ELSE least(of_date::timestamp AT TIME ZONE 'UTC', of_date::timestamp AT TIME ZONE zone) END;

CREATE OR REPLACE FUNCTION close_before(of_symbol text, ex_date date, as_of timestamptz, OUT timeframe text, OUT close double precision)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    one         record;
    begins      timestamptz;
    last_ts     timestamptz;
    last_close  double precision;
    last_day    date;
    newest_ts   timestamptz;
    newest_day  date;
BEGIN
    FOR one IN
        SELECT s.id, s.timeframe, y.zone FROM series s LEFT JOIN symbols y USING (symbol)
        WHERE s.symbol = of_symbol AND s.timeframe <> '1w' AND s.first_ts < ex_date::timestamp AT TIME ZONE 'UTC'
        ORDER BY array_position(ARRAY['1d', '4h', '1h', '30m', '15m', '5m'], s.timeframe)
    LOOP
        begins := begin_of_date(ex_date, one.timeframe, one.zone);
        EXECUTE format(
            'SELECT ts, close FROM %I b WHERE series_id = $1 AND ts < $2 AND ($3 IS NULL OR was_on_record($4, $5, ts, recorded_at, $3)) '
            'ORDER BY ts DESC LIMIT 1', 'bars_' || one.timeframe)
            INTO last_ts, last_close USING one.id, begins, as_of, of_symbol, one.timeframe;
        last_day := (last_ts AT TIME ZONE CASE one.timeframe WHEN '1d' THEN 'UTC' ELSE coalesce(one.zone, 'UTC') END)::date;
        IF last_ts IS NOT NULL AND (newest_day IS NULL OR last_day > newest_day) THEN
            newest_ts := last_ts;
            newest_day := last_day;
            timeframe := one.timeframe;
            close := last_close;
        END IF;
    END LOOP;
    IF as_of IS NOT NULL THEN
        close := coalesce((
            SELECT r.close FROM candle_revisions r WHERE r.symbol = of_symbol AND r.timeframe = close_before.timeframe AND r.ts = newest_ts
                AND r.recorded_at <= as_of AND r.replaced_at > as_of), close);
    END IF;
END $$;

CREATE OR REPLACE VIEW adjusted_candles AS
SELECT c.symbol, c.asset_class, c.timeframe, c.ts,
       coalesce(w.open, c.open / coalesce(f.split, 1) * coalesce(f.dividend, 1)) AS open,
       coalesce(w.high, c.high / coalesce(f.split, 1) * coalesce(f.dividend, 1)) AS high,
       coalesce(w.low, c.low / coalesce(f.split, 1) * coalesce(f.dividend, 1)) AS low,
       coalesce(w.close, c.close / coalesce(f.split, 1) * coalesce(f.dividend, 1)) AS close,
       coalesce(w.volume, c.volume * coalesce(f.split, 1)) AS volume,
       CASE WHEN w.ts IS NULL THEN c.vwap / coalesce(f.split, 1) * coalesce(f.dividend, 1) ELSE w.vwap END AS vwap,
       c.trade_count, c.source, c.is_validated, c.quality_score, c.validation_notes
FROM candles c LEFT JOIN (SELECT p.*, y.zone FROM price_factors p LEFT JOIN symbols y USING (symbol)) f
    ON f.symbol = c.symbol AND c.ts < begin_of_date(f.until_date, c.timeframe, f.zone)
   AND (f.from_date IS NULL OR c.ts >= begin_of_date(f.from_date, c.timeframe, f.zone))
LEFT JOIN adjusted_weeks w ON w.symbol = c.symbol AND w.timeframe = c.timeframe AND w.ts = c.ts;

-- What was computed over adjusted candles of Sydney's shorter intervals had the first hour of an ex-date on the wrong side of it.
DELETE FROM feature_checkpoints c USING series s WHERE c.series_id = s.id AND c.is_adjusted AND s.timeframe NOT IN ('1d', '1w') AND s.symbol LIKE '%.AX';
DELETE FROM latest_features WHERE timeframe NOT IN ('1d', '1w') AND symbol LIKE '%.AX';
