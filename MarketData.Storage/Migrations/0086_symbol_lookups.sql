-- What the Api asks of providers about symbols that are not tracked yet, and what an enrichment node answers. Rows live for seconds: nothing
-- of them needs to outlive a crash.
CREATE UNLOGGED TABLE symbol_lookups (
    id          uuid PRIMARY KEY,
    symbol      text NOT NULL,
    asset_class text NOT NULL,
    expires_at  timestamptz NOT NULL,                       -- until when somebody waits for the answer
    claimed_by  text,                                       -- the node that asks the providers
    answers     jsonb
);

CREATE FUNCTION announce_symbol_lookup() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NOTIFY marketdata_lookups;
    RETURN NULL;
END $$;
CREATE TRIGGER announce_symbol_lookup AFTER INSERT ON symbol_lookups FOR EACH ROW EXECUTE FUNCTION announce_symbol_lookup();
