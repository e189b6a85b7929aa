-- A dividend is measured by the last close before its ex-date, of whatever interval there is.

-- Whether a daily candle is of one of the last days before a date, closures included.
CREATE FUNCTION is_close_of_day_before(ts timestamptz, ex_date date) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    coalesce(ts >= (ex_date - 4)::timestamp AT TIME ZONE 'UTC', false);

-- Whether a candle that is stored now was on record at an instant, with these values or others.
CREATE FUNCTION was_on_record(of_symbol text, of_timeframe text, of_ts timestamptz, recorded_at timestamptz, as_of timestamptz)
RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE RETURN
    recorded_at <= as_of OR EXISTS (
        SELECT FROM candle_revisions r WHERE r.symbol = of_symbol AND r.timeframe = of_timeframe AND r.ts = of_ts
            AND r.recorded_at <= as_of AND r.replaced_at > as_of);

-- The last close of a symbol's before a date, as it was on record at an instant, null for now: of the newest day that any interval but weeks has
-- candles of, and of the longest of those that have it.
CREATE FUNCTION close_before(of_symbol text, ex_date date, as_of timestamptz, OUT timeframe text, OUT close double precision)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    one         record;
    midnight    timestamptz := ex_date::timestamp AT TIME ZONE 'UTC';
    last_ts     timestamptz;
    last_close  double precision;
    newest_ts   timestamptz;
BEGIN
    FOR one IN
        SELECT s.id, s.timeframe FROM series s WHERE s.symbol = of_symbol AND s.timeframe <> '1w' AND s.first_ts < midnight
        ORDER BY array_position(ARRAY['1d', '4h', '1h', '30m', '15m', '5m'], s.timeframe)
    LOOP
        EXECUTE format('SELECT ts, close FROM %I WHERE series_id = $1 AND ts < $2 ORDER BY ts DESC LIMIT 1', 'bars_' || one.timeframe)
            INTO last_ts, last_close USING one.id, midnight;
        IF newest_ts IS NULL OR date_trunc('day', last_ts, 'UTC') > newest_ts THEN
            newest_ts := last_ts;
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
