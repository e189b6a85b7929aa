-- Splits and dividends in two layers: what providers tell, as told, and what follows from it, by which prices are adjusted.
CREATE TABLE corporate_action_reports (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    symbol         text NOT NULL,
    provider       text NOT NULL,
    ex_date        date NOT NULL,
    ratio_from     double precision,
    ratio_to       double precision,
    cash_amount    double precision,
    currency       text,
    record_date    date,
    pay_date       date,
    state          text NOT NULL DEFAULT 'unverified',
    reason         text,
    first_seen_at  timestamptz NOT NULL DEFAULT now(),
    last_seen_at   timestamptz NOT NULL DEFAULT now(),
    withdrawn_at   timestamptz,                      -- when the provider no longer told of it
    UNIQUE NULLS NOT DISTINCT (symbol, provider, ex_date, ratio_from, ratio_to, cash_amount, currency, record_date, pay_date)
);

-- What was in effect, and from when to when: reads as of an instant adjust by it.
CREATE TABLE corporate_action_history (
    symbol       text NOT NULL,
    kind         text NOT NULL,
    ex_date      date NOT NULL,
    ratio_from   double precision,
    ratio_to     double precision,
    cash_amount  double precision,
    recorded_at  timestamptz NOT NULL,
    replaced_at  timestamptz NOT NULL
);
CREATE INDEX corporate_action_history_of_symbol ON corporate_action_history (symbol);

CREATE FUNCTION keep_corporate_action() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO corporate_action_history VALUES (
        old.symbol, old.kind, old.ex_date, old.ratio_from, old.ratio_to, old.cash_amount, old.recorded_at, now());
    RETURN NULL;
END $$;
CREATE TRIGGER keep_corporate_action AFTER UPDATE OR DELETE ON corporate_actions FOR EACH ROW EXECUTE FUNCTION keep_corporate_action();

-- What was in effect until now is what its source told; every provider is asked again, and what they tell is judged by the price.
INSERT INTO corporate_action_reports (symbol, provider, ex_date, ratio_from, ratio_to, cash_amount, currency, first_seen_at, last_seen_at)
SELECT symbol, source, ex_date, ratio_from, ratio_to, cash_amount, currency, recorded_at, recorded_at FROM corporate_actions;
UPDATE symbols SET actions_checked_at = NULL;
