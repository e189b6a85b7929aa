-- Symbols, candles and what is known about each series. Times are the bar's opening instant, UTC; prices are as traded.

CREATE TABLE symbols (
    symbol       text PRIMARY KEY CHECK (symbol ~ '^[A-Z0-9.^=-]{1,20}$'),
    asset_class  text NOT NULL CHECK (asset_class IN ('stock', 'etf', 'crypto')),
    name         text,
    active       boolean NOT NULL DEFAULT true,
    timeframes   text[] NOT NULL CHECK (cardinality(timeframes) > 0 AND timeframes <@ ARRAY['5m', '15m', '30m', '1h', '4h', '1d', '1w']),
    created_at   timestamptz NOT NULL DEFAULT now(),
    updated_at   timestamptz NOT NULL DEFAULT now()
);

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
    recorded_at        timestamptz NOT NULL DEFAULT now()   -- since when these values are the ones on record: reads "as of"
);

-- The values that a candle had before it was revised, valid in [recorded_at, replaced_at).
CREATE TABLE candle_revisions (
    symbol             text NOT NULL,
    timeframe          text NOT NULL,
    ts                 timestamptz NOT NULL,
    replaced_at        timestamptz NOT NULL DEFAULT now(),
    recorded_at        timestamptz NOT NULL,
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
    validation_notes   text[],
    gap_detected       boolean NOT NULL DEFAULT false,
    volume_anomaly     boolean NOT NULL DEFAULT false,
    job_id             uuid,
    PRIMARY KEY (symbol, timeframe, ts, replaced_at)
);

-- Bars that broke a structural rule: never stored as good, never dropped. The same bar refused again only counts up.
CREATE TABLE rejected_candles (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    symbol         text NOT NULL,
    timeframe      text NOT NULL,
    ts             timestamptz,
    open           double precision,
    high           double precision,
    low            double precision,
    close          double precision,
    volume         double precision,
    source         text NOT NULL,
    reason         text NOT NULL,                           -- rule id
    detail         text,
    job_id         uuid,
    first_seen_at  timestamptz NOT NULL DEFAULT now(),
    last_seen_at   timestamptz NOT NULL DEFAULT now(),
    times_seen     integer NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX rejected_candles_once ON rejected_candles
    (symbol, timeframe, ts, source, reason, open, high, low, close, volume) NULLS NOT DISTINCT;
CREATE INDEX rejected_candles_recent ON rejected_candles (last_seen_at);

-- One row per symbol and interval: the watermark, what final bars reach to, and the sums that make status cheap to read.
CREATE TABLE series (
    symbol            text NOT NULL REFERENCES symbols ON DELETE CASCADE,
    timeframe         text NOT NULL,
    first_ts          timestamptz,
    last_ts           timestamptz,                          -- watermark: the last closed candle stored
    final_through     timestamptz,                          -- bars up to here were fetched again after the next session's open
    records           bigint NOT NULL DEFAULT 0,
    validated_records bigint NOT NULL DEFAULT 0,
    expected_records  bigint NOT NULL DEFAULT 0,
    rejected_records  bigint NOT NULL DEFAULT 0,
    out_of_session    bigint NOT NULL DEFAULT 0,            -- bars left out because they lie outside the regular session
    completeness      double precision,
    validation_rate   double precision,
    avg_candle_score  double precision,
    quality_score     double precision,                     -- avg_candle_score × completeness
    last_fetch_at     timestamptz,
    last_source       text,
    feature_state     bytea,                                -- resumable state of the feature engine as of feature_state_ts
    feature_state_ts  timestamptz,
    updated_at        timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (symbol, timeframe)
);

-- Maximal runs of missing expected instants; asked for again on a schedule that thins out.
CREATE TABLE gaps (
    symbol        text NOT NULL,
    timeframe     text NOT NULL,
    gap_start     timestamptz NOT NULL,                     -- first missing instant
    gap_end       timestamptz NOT NULL,                     -- last missing instant
    missing       integer NOT NULL CHECK (missing > 0),
    detected_at   timestamptz NOT NULL DEFAULT now(),
    asked_count   integer NOT NULL DEFAULT 0,
    last_asked_at timestamptz,
    last_source   text,
    next_ask_at   timestamptz,
    PRIMARY KEY (symbol, timeframe, gap_start)
);
CREATE INDEX gaps_due ON gaps (next_ask_at) WHERE next_ask_at IS NOT NULL;

CREATE TABLE corporate_actions (
    symbol       text NOT NULL,
    kind         text NOT NULL CHECK (kind IN ('split', 'dividend')),
    ex_date      date NOT NULL,
    ratio_from   double precision,                          -- split: ratio_from old shares become ratio_to new ones
    ratio_to     double precision,
    cash_amount  double precision,                          -- dividend per share, as paid
    currency     text,
    source       text NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (symbol, kind, ex_date),
    CHECK (CASE kind WHEN 'split' THEN ratio_from > 0 AND ratio_to > 0 ELSE cash_amount > 0 END)
);

CREATE TABLE data_quality_metrics (
    symbol             text NOT NULL,
    timeframe          text NOT NULL,
    metric_date        date NOT NULL,
    total_records      integer NOT NULL,
    validated_records  integer NOT NULL,
    rejected_records   integer NOT NULL DEFAULT 0,
    expected_records   integer NOT NULL,
    validation_rate    double precision,
    gaps_detected      integer NOT NULL,
    anomalies_detected integer NOT NULL,
    avg_quality_score  double precision,
    data_completeness  double precision,
    updated_at         timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (symbol, timeframe, metric_date)
);
CREATE INDEX data_quality_metrics_by_date ON data_quality_metrics (metric_date);
