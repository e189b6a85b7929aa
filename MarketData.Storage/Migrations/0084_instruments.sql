-- A symbol becomes the record of an instrument: what it is, where it trades, and who last said so of each fact.
ALTER TABLE symbols
    DROP CONSTRAINT symbols_symbol_check,
    DROP CONSTRAINT symbols_asset_class_check,
    ADD CONSTRAINT symbols_asset_class_check CHECK (asset_class IN ('stock', 'etf', 'index', 'fx', 'crypto')),
    ADD COLUMN exchange        text,                        -- market identifier code, 24/7 or 24/5
    ADD COLUMN currency        text,
    ADD COLUMN price_unit      text,                        -- what a price of 1 means: the currency, or GBp, a hundredth of GBP
    ADD COLUMN zone            text,                        -- IANA time zone that decides its days
    ADD COLUMN instrument_type text,                        -- what providers call its kind: EQUITY, ETF, INDEX, CURRENCY
    ADD COLUMN first_traded    date,
    ADD COLUMN last_traded     date,                        -- null while it is traded
    ADD COLUMN status          text NOT NULL DEFAULT 'active'
        CHECK (status IN ('active', 'inactive', 'delisted', 'renamed', 'unverified'));
-- What was tracked under a name that is none keeps its data and is enriched no more.
UPDATE symbols SET active = false WHERE symbol !~ '^[A-Z0-9^]';
ALTER TABLE symbols ADD CONSTRAINT symbols_symbol_check
    CHECK (symbol ~ '^[A-Z0-9.^=-]{1,20}$' AND (symbol ~ '^[A-Z0-9^]' OR NOT active));

-- Whoever stops following a symbol makes its record inactive, and the other way round.
CREATE FUNCTION keep_status_in_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT new.active THEN
        new.status := 'inactive';
    ELSIF new.status = 'inactive' THEN
        new.status := 'active';
    END IF;
    RETURN new;
END $$;
CREATE TRIGGER keep_status_in_step BEFORE INSERT OR UPDATE OF active, status ON symbols FOR EACH ROW EXECUTE FUNCTION keep_status_in_step();
UPDATE symbols SET status = 'inactive' WHERE NOT active;

-- Indices and currency pairs were tracked as stocks. What else follows from a symbol's name is filled in when a node starts.
UPDATE symbols SET asset_class = CASE WHEN symbol LIKE '^%' THEN 'index' ELSE 'fx' END
WHERE asset_class IN ('stock', 'etf') AND (symbol LIKE '^%' OR symbol LIKE '%=X');
UPDATE symbol_status e SET asset_class = s.asset_class FROM symbols s WHERE s.symbol = e.symbol AND s.asset_class <> e.asset_class;

CREATE TABLE instrument_facts (
    symbol       text NOT NULL REFERENCES symbols ON DELETE CASCADE,
    fact         text NOT NULL,                             -- the column of symbols
    confirmed_by text NOT NULL,                             -- a provider, 'rule', or a person
    confirmed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (symbol, fact)
);
INSERT INTO instrument_facts (symbol, fact, confirmed_by, confirmed_at)
SELECT symbol, 'name', 'person', updated_at FROM symbols WHERE name IS NOT NULL;

CREATE VIEW instruments AS
SELECT symbol, asset_class, exchange, currency, price_unit, zone, name, instrument_type, first_traded, last_traded, status, active, timeframes,
       created_at, updated_at
FROM symbols;
