-- What the Api asks of single providers for a person to compare, and what an enrichment node answers. Rows live for seconds: nothing of them
-- needs to outlive a crash.
CREATE UNLOGGED TABLE provider_questions (
    id          uuid PRIMARY KEY,
    provider    text NOT NULL,
    symbol      text NOT NULL,
    asset_class text NOT NULL,
    timeframe   text NOT NULL,
    range_from  timestamptz NOT NULL,
    range_to    timestamptz NOT NULL,                       -- exclusive
    expires_at  timestamptz NOT NULL,                       -- until when somebody waits for the answer
    claimed_by  text,                                       -- the node that asks the provider
    answer      jsonb
);

CREATE TRIGGER announce_provider_question AFTER INSERT ON provider_questions FOR EACH ROW EXECUTE FUNCTION announce_symbol_lookup();
