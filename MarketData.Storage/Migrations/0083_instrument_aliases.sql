-- What each provider calls a symbol, and over which days: a ticker changes, and another company takes it over.
CREATE TABLE instrument_aliases (
    symbol          text NOT NULL REFERENCES symbols ON DELETE CASCADE,
    provider        text NOT NULL,
    provider_symbol text NOT NULL,                          -- as the provider writes it
    valid_from      date,                                   -- first day; null: since ever
    valid_to        date,                                   -- last day; null: to this day
    source          text NOT NULL CHECK (source IN ('person', 'ticker_events', 'built_in')),
    recorded_by     text,
    recorded_at     timestamptz NOT NULL DEFAULT now(),
    UNIQUE NULLS NOT DISTINCT (symbol, provider, source, valid_from),
    CHECK (valid_from <= valid_to)
);

-- When providers were last asked for changes of ticker; null: never.
ALTER TABLE symbols ADD COLUMN aliases_checked_at timestamptz;
