-- Candles and their features, split so that each query and each retention step touches a small part: by interval, then by time.
-- With TimescaleDB both are hypertables, compressed after thirty days; without, declarative partitions made on demand.

DROP TABLE candles;

CREATE TABLE candles (
    symbol             text NOT NULL,
    asset_class        text NOT NULL,
    timeframe          text NOT NULL,
    ts                 timestamptz NOT NULL,
    open               double precision NOT NULL,
    high               double precision NOT NULL,
    low                double precision NOT NULL,
    close              double precision NOT NULL,
    volume             double precision NOT NULL,
    vwap               double precision,
    trade_count        bigint,
    open_interest      double precision,
    funding_rate       double precision,
    long_short_ratio   double precision,
    long_liquidations  double precision,
    short_liquidations double precision,
    taker_buy_volume   double precision,
    taker_sell_volume  double precision,
    source             text NOT NULL,
    is_validated       boolean NOT NULL,
    quality_score      double precision NOT NULL,
    validation_notes   text[],                              -- rule ids; null when no rule fired
    gap_detected       boolean NOT NULL DEFAULT false,      -- the instant before this one is missing
    volume_anomaly     boolean NOT NULL DEFAULT false,
    recorded_at        timestamptz NOT NULL DEFAULT now(),  -- since when these values are the ones on record: reads "as of"
    PRIMARY KEY (symbol, timeframe, ts)
) PARTITION BY LIST (timeframe);

-- One column per feature of the catalogue is added when the database is migrated.
CREATE TABLE candle_features (
    symbol      text NOT NULL,
    timeframe   text NOT NULL,
    ts          timestamptz NOT NULL,
    computed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (symbol, timeframe, ts)
) PARTITION BY LIST (timeframe);

-- Makes the partitions for a range of time: months for intraday intervals, years for the others. They are made apart and then attached, which
-- neither waits for readers and writers of the others nor keeps them waiting.
CREATE FUNCTION ensure_candle_partitions(bar_interval text, range_from timestamptz, range_to timestamptz) RETURNS void
LANGUAGE plpgsql SET timezone = 'UTC' SET client_min_messages = warning AS $$
DECLARE
    step   interval := CASE WHEN bar_interval IN ('1d', '1w') THEN interval '1 year' ELSE interval '1 month' END;
    unit   text := CASE WHEN bar_interval IN ('1d', '1w') THEN 'year' ELSE 'month' END;
    shape  text := CASE WHEN bar_interval IN ('1d', '1w') THEN 'YYYY' ELSE 'YYYY_MM' END;
    parent text;
    child  text;
    start  timestamptz;
    base   text;
    locked boolean := false;
BEGIN
    FOREACH base IN ARRAY ARRAY['candles', 'candle_features'] LOOP
        IF NOT EXISTS (SELECT FROM pg_class WHERE oid = base::regclass AND relkind = 'p') THEN
            CONTINUE;                                       -- a hypertable makes its own chunks
        END IF;
        parent := base || '_' || bar_interval;
        start := date_trunc(unit, range_from);
        WHILE start <= range_to LOOP
            child := parent || '_' || to_char(start, shape);
            IF NOT EXISTS (SELECT FROM pg_class WHERE relname = child AND relnamespace = current_schema()::regnamespace AND relispartition) THEN
                IF NOT locked THEN
                    -- One at a time; what another made in the meantime is seen at the second look.
                    PERFORM pg_advisory_xact_lock(hashtext('ensure_candle_partitions'));
                    locked := true;
                    CONTINUE;
                END IF;
                IF NOT EXISTS (SELECT FROM pg_class WHERE relname = parent AND relnamespace = current_schema()::regnamespace) THEN
                    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL) PARTITION BY RANGE (ts)', parent, base);
                    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES IN (%L)', base, parent, bar_interval);
                END IF;
                EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', child, parent);
                EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent, child, start, start + step);
            END IF;
            start := start + step;
        END LOOP;
    END LOOP;
END $$;

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'timescaledb') THEN
        RETURN;
    END IF;
    CREATE EXTENSION IF NOT EXISTS timescaledb;
    ALTER TABLE candles RENAME TO candles_partitioned;
    CREATE TABLE candles (LIKE candles_partitioned INCLUDING DEFAULTS INCLUDING CONSTRAINTS);
    DROP TABLE candles_partitioned;
    ALTER TABLE candles ADD PRIMARY KEY (symbol, timeframe, ts);
    PERFORM create_hypertable('candles', 'ts', chunk_time_interval => interval '1 month');
    IF current_setting('timescaledb.license', true) = 'timescale' THEN
        ALTER TABLE candles SET (timescaledb.compress, timescaledb.compress_segmentby = 'symbol, timeframe', timescaledb.compress_orderby = 'ts');
        PERFORM add_compression_policy('candles', interval '30 days');
    END IF;
    ALTER TABLE candle_features RENAME TO candle_features_partitioned;
    CREATE TABLE candle_features (LIKE candle_features_partitioned INCLUDING DEFAULTS INCLUDING CONSTRAINTS);
    DROP TABLE candle_features_partitioned;
    ALTER TABLE candle_features ADD PRIMARY KEY (symbol, timeframe, ts);
    PERFORM create_hypertable('candle_features', 'ts', chunk_time_interval => interval '1 month');
    IF current_setting('timescaledb.license', true) = 'timescale' THEN
        ALTER TABLE candle_features SET (timescaledb.compress, timescaledb.compress_segmentby = 'symbol, timeframe', timescaledb.compress_orderby = 'ts');
        PERFORM add_compression_policy('candle_features', interval '30 days');
    END IF;
END $$;

-- When a symbol's corporate actions were last asked for.
ALTER TABLE symbols ADD COLUMN actions_checked_at timestamptz;
