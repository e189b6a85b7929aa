-- Candles narrow: a row has the number of its series, and nothing that is the same for all of it. A table for each interval, cut by time into
-- parts of one to ten million rows at the size it is meant for. What was stored before is moved after this script, and 0071 makes the switch.

-- Handed out once: a series that is deleted and begun again gets another number.
ALTER TABLE series ADD COLUMN id integer GENERATED ALWAYS AS IDENTITY UNIQUE;
-- Grows with every change that features follow from: what was computed before one is not stored after it.
ALTER TABLE series ADD COLUMN feature_epoch bigint NOT NULL DEFAULT 0;

CREATE TABLE candle_sources (
    id    smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name  text NOT NULL UNIQUE
);

-- How many months of an interval's candles are in one partition or chunk.
CREATE TABLE candle_partitioning (
    timeframe  text PRIMARY KEY,
    months     integer NOT NULL CHECK (months BETWEEN 1 AND 1200)
);
INSERT INTO candle_partitioning VALUES ('5m', 1), ('15m', 3), ('30m', 6), ('1h', 12), ('4h', 12), ('1d', 120), ('1w', 120);

-- In order of size, so that nothing is lost to alignment. The key's index is filled up: rows come in order of time.
CREATE FUNCTION make_candle_tables(bar_interval text, months integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    has_timescale boolean := EXISTS (SELECT FROM pg_extension WHERE extname = 'timescaledb');
    base          text;
BEGIN
    EXECUTE format($table$
        CREATE TABLE %I (
            ts           timestamptz NOT NULL,
            recorded_at  timestamptz NOT NULL DEFAULT now(),
            open         double precision NOT NULL,
            high         double precision NOT NULL,
            low          double precision NOT NULL,
            close        double precision NOT NULL,
            volume       double precision NOT NULL,
            vwap         double precision,
            trade_count  bigint,
            series_id    integer NOT NULL,
            source       smallint NOT NULL,
            issues       smallint NOT NULL,
            PRIMARY KEY (series_id, ts) WITH (fillfactor = 100)
        ) %s $table$, 'bars_' || bar_interval, CASE WHEN has_timescale THEN '' ELSE 'PARTITION BY RANGE (ts)' END);
    EXECUTE format($table$
        CREATE TABLE %I (
            ts                 timestamptz NOT NULL,
            open_interest      double precision,
            funding_rate       double precision,
            long_short_ratio   double precision,
            long_liquidations  double precision,
            short_liquidations double precision,
            taker_buy_volume   double precision,
            taker_sell_volume  double precision,
            series_id          integer NOT NULL,
            PRIMARY KEY (series_id, ts) WITH (fillfactor = 100)
        ) %s $table$, 'microstructure_' || bar_interval, CASE WHEN has_timescale THEN '' ELSE 'PARTITION BY RANGE (ts)' END);
    IF NOT has_timescale THEN
        RETURN;
    END IF;
    FOREACH base IN ARRAY ARRAY['bars_', 'microstructure_'] LOOP
        PERFORM create_hypertable((base || bar_interval)::regclass, 'ts', chunk_time_interval => make_interval(days => 30 * months),
            create_default_indexes => false);
        -- The Apache edition, which Azure serves, has no compression.
        CONTINUE WHEN current_setting('timescaledb.license', true) <> 'timescale';
        EXECUTE format(
            'ALTER TABLE %I SET (timescaledb.compress, timescaledb.compress_segmentby = ''series_id'', timescaledb.compress_orderby = ''ts'')',
            base || bar_interval);
        PERFORM add_compression_policy((base || bar_interval)::regclass, interval '30 days');
    END LOOP;
END $$;

SELECT make_candle_tables(timeframe, months) FROM candle_partitioning;
DROP FUNCTION make_candle_tables;

-- Makes the partitions for a range of time, as long as candle_partitioning says, but never over one that is there. They are made apart and
-- then attached, which neither waits for readers and writers of the others nor keeps them waiting. A hypertable makes its own chunks. Most series
-- have no microstructure, and every partition costs whoever plans a query: none is made for nothing.
CREATE FUNCTION ensure_bar_partitions(bar_interval text, range_from timestamptz, range_to timestamptz, has_microstructure boolean DEFAULT false)
RETURNS void
LANGUAGE plpgsql SET timezone = 'UTC' SET client_min_messages = warning AS $$
DECLARE
    span     integer := (SELECT months FROM candle_partitioning WHERE timeframe = bar_interval);
    base     text;
    parent   text;
    child    text;
    at       timestamptz;
    lower    timestamptz;
    upper    timestamptz;
    found    record;
    locked   boolean;
BEGIN
    FOREACH base IN ARRAY CASE WHEN has_microstructure THEN ARRAY['bars_', 'microstructure_'] ELSE ARRAY['bars_'] END LOOP
        parent := base || bar_interval;
        locked := false;
        CONTINUE WHEN NOT EXISTS (SELECT FROM pg_class WHERE oid = parent::regclass AND relkind = 'p')
            OR (SELECT range_agg(tstzrange(p.lower, p.upper)) @> tstzrange(range_from, range_to, '[]') FROM candle_partition_bounds(parent) p);
        at := range_from;
        WHILE at <= range_to LOOP
            SELECT max(p.upper) FILTER (WHERE p.lower <= at) AS before, min(p.lower) FILTER (WHERE p.lower > at) AS after INTO found
            FROM candle_partition_bounds(parent) p;
            IF found.before > at THEN
                at := found.before;
                CONTINUE;
            END IF;
            IF NOT locked THEN
                -- One at a time; what another made in the meantime is seen at the second look.
                PERFORM pg_advisory_xact_lock(hashtext('ensure_bar_partitions'));
                locked := true;
                CONTINUE;
            END IF;
            lower := make_timestamptz(1, 1, 1, 0, 0, 0) - interval '1 year'
                + make_interval(months => (extract(year FROM at)::int * 12 + extract(month FROM at)::int - 1) / span * span);
            upper := least(lower + make_interval(months => span), found.after);
            lower := greatest(lower, found.before);
            child := parent || to_char(lower, '_YYYY_MM');
            EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', child, parent);
            EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent, child, lower, upper);
            at := upper;
        END LOOP;
    END LOOP;
END $$;

CREATE FUNCTION candle_partition_bounds(parent text) RETURNS TABLE (child regclass, lower timestamptz, upper timestamptz)
LANGUAGE plpgsql STABLE SET timezone = 'UTC' AS $$
BEGIN
    IF EXISTS (SELECT FROM pg_class WHERE oid = parent::regclass AND relkind = 'p') THEN
        RETURN QUERY
        SELECT c.oid::regclass, (b.bound)[1]::timestamptz, (b.bound)[2]::timestamptz
        FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        CROSS JOIN LATERAL (
            SELECT regexp_match(pg_get_expr(c.relpartbound, c.oid), $bound$FROM \('([^']+)'\) TO \('([^']+)'\)$bound$) AS bound) b
        WHERE i.inhparent = parent::regclass;
    ELSE
        RETURN QUERY EXECUTE $chunks$
            SELECT format('%I.%I', chunk_schema, chunk_name)::regclass, range_start, range_end
            FROM timescaledb_information.chunks WHERE hypertable_name = $1 $chunks$ USING parent;
    END IF;
END $$;

-- Drops one of an interval's partitions that end before an instant and are empty, and says whether there was one: one a transaction, so that
-- its parent is locked for a moment only. Readers and writers come first: while somebody is busy with one, it and those after it stay.
CREATE FUNCTION drop_empty_bar_partition(bar_interval text, range_before timestamptz) RETURNS boolean
LANGUAGE plpgsql SET timezone = 'UTC' SET lock_timeout = '200ms' AS $$
DECLARE
    part     record;
    is_empty boolean;
BEGIN
    FOR part IN
        SELECT p.parent, b.child FROM unnest(ARRAY['bars_' || bar_interval, 'microstructure_' || bar_interval]) AS p (parent),
            candle_partition_bounds(p.parent) b
        WHERE b.upper <= range_before ORDER BY b.lower
    LOOP
        EXECUTE format('SELECT NOT EXISTS (SELECT FROM %s)', part.child) INTO is_empty;
        CONTINUE WHEN NOT is_empty;
        EXECUTE format('LOCK TABLE ONLY %I IN ACCESS EXCLUSIVE MODE', part.parent);
        EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', part.child);
        EXECUTE format('SELECT NOT EXISTS (SELECT FROM %s)', part.child) INTO is_empty;
        IF is_empty THEN
            EXECUTE format('DROP TABLE %s', part.child);
        END IF;
        RETURN is_empty;
    END LOOP;
    RETURN false;
EXCEPTION WHEN lock_not_available THEN
    RETURN false;
END $$;

-- What the soft rules found is a bit each, in the order of this list; bit 14 says that the candle counted as validated when it was judged.
CREATE FUNCTION candle_rules() RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    ARRAY['price_anomaly', 'suspected_split', 'volume_anomaly', 'zero_volume', 'flat_repeat', 'gap_before', 'fallback_source', 'provider_disagreement'];

CREATE FUNCTION candle_notes(issues smallint) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    CASE WHEN issues & 16383 <> 0 THEN
        (SELECT array_agg(rule ORDER BY place) FROM unnest(candle_rules()) WITH ORDINALITY AS r (rule, place) WHERE issues >> (place::int - 1) & 1 = 1)
    END;

CREATE FUNCTION candle_issues(notes text[], is_validated boolean) RETURNS smallint LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    (CASE WHEN is_validated THEN 16384 ELSE 0 END
     | coalesce((SELECT bit_or(1 << (array_position(candle_rules(), note) - 1)) FROM unnest(notes) AS n (note)), 0))::smallint;

-- 1 less the penalties of what was found, never below 0.
CREATE FUNCTION candle_score(issues smallint) RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    greatest(0, 100 - 30 * (issues & 1) - 30 * (issues >> 1 & 1) - 15 * (issues >> 2 & 1) - 20 * (issues >> 3 & 1) - 10 * (issues >> 4 & 1)
        - 15 * (issues >> 5 & 1) - 5 * (issues >> 6 & 1) - 20 * (issues >> 7 & 1)) / 100.0::double precision;

-- Where the computation of a series' features can be taken up: after the candle at ts, the so-manieth of the series.
CREATE TABLE feature_checkpoints (
    series_id    integer NOT NULL REFERENCES series (id) ON DELETE CASCADE,
    is_adjusted  boolean NOT NULL,                          -- over adjusted prices and volumes; else over those traded
    ts           timestamptz NOT NULL,
    candles      integer NOT NULL,
    state        bytea NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (series_id, is_adjusted, ts)
);

-- The features of each series' newest candle, adjusted. One column per feature of the catalogue is added when the database is migrated.
CREATE TABLE latest_features (
    symbol       text NOT NULL,
    timeframe    text NOT NULL,
    ts           timestamptz NOT NULL,
    computed_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (symbol, timeframe),
    FOREIGN KEY (symbol, timeframe) REFERENCES series ON DELETE CASCADE
);

-- Which series have been moved, and what was theirs then: one that was written to since is moved again.
CREATE TABLE candle_moves (
    series_id  integer PRIMARY KEY,
    version    timestamptz NOT NULL
);

-- Moves the candles of the next series, under the lock that its writers take. Daily ones come first: dividends are measured by them.
CREATE FUNCTION move_next_series() RETURNS TABLE (symbol text, timeframe text, remaining bigint) LANGUAGE plpgsql AS $$
DECLARE
    next record;
BEGIN
    SELECT s.* INTO next FROM series s LEFT JOIN candle_moves m ON m.series_id = s.id
    WHERE m.version IS DISTINCT FROM s.updated_at ORDER BY s.timeframe <> '1d', s.id LIMIT 1;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended(next.symbol, 0));
    SELECT s.* INTO next FROM series s WHERE s.id = next.id;
    IF FOUND THEN
        EXECUTE format('DELETE FROM %I WHERE series_id = $1', 'bars_' || next.timeframe) USING next.id;
        EXECUTE format('DELETE FROM %I WHERE series_id = $1', 'microstructure_' || next.timeframe) USING next.id;
        DELETE FROM feature_checkpoints c USING series o
        WHERE o.symbol = next.symbol AND c.series_id = o.id AND (o.id = next.id OR next.timeframe = '1d' AND c.is_adjusted);
        DELETE FROM latest_features l WHERE l.symbol = next.symbol;
        INSERT INTO candle_sources (name)
        SELECT DISTINCT c.source FROM candles c
        WHERE c.symbol = next.symbol AND c.timeframe = next.timeframe AND NOT EXISTS (SELECT FROM candle_sources k WHERE k.name = c.source);
        PERFORM ensure_bar_partitions(next.timeframe, min(c.ts), max(c.ts), bool_or(num_nonnulls(
            c.open_interest, c.funding_rate, c.long_short_ratio, c.long_liquidations, c.short_liquidations, c.taker_buy_volume, c.taker_sell_volume) > 0))
        FROM candles c
        WHERE c.symbol = next.symbol AND c.timeframe = next.timeframe HAVING count(*) > 0;
        EXECUTE format($move$
            INSERT INTO %I (series_id, ts, recorded_at, open, high, low, close, volume, vwap, trade_count, source, issues)
            SELECT $1, c.ts, c.recorded_at, c.open, c.high, c.low, c.close, c.volume, c.vwap, c.trade_count, k.id,
                   candle_issues(c.validation_notes, c.is_validated)
            FROM candles c JOIN candle_sources k ON k.name = c.source WHERE c.symbol = $2 AND c.timeframe = $3 ORDER BY c.ts $move$,
            'bars_' || next.timeframe) USING next.id, next.symbol, next.timeframe;
        EXECUTE format($move$
            INSERT INTO %I (series_id, ts, open_interest, funding_rate, long_short_ratio, long_liquidations, short_liquidations, taker_buy_volume, taker_sell_volume)
            SELECT $1, c.ts, c.open_interest, c.funding_rate, c.long_short_ratio, c.long_liquidations, c.short_liquidations, c.taker_buy_volume, c.taker_sell_volume
            FROM candles c WHERE c.symbol = $2 AND c.timeframe = $3
              AND num_nonnulls(c.open_interest, c.funding_rate, c.long_short_ratio, c.long_liquidations, c.short_liquidations, c.taker_buy_volume, c.taker_sell_volume) > 0
            ORDER BY c.ts $move$, 'microstructure_' || next.timeframe) USING next.id, next.symbol, next.timeframe;
        INSERT INTO candle_moves AS m (series_id, version) VALUES (next.id, next.updated_at)
        ON CONFLICT (series_id) DO UPDATE SET version = excluded.version;
    END IF;
    RETURN QUERY
    SELECT next.symbol, next.timeframe, (SELECT count(*) FROM series s LEFT JOIN candle_moves m ON m.series_id = s.id WHERE m.version IS DISTINCT FROM s.updated_at);
END $$;
