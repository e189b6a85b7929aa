-- The last look at what providers answer here, and whether somebody waits for another one. One row: whoever asks while a look is under way,
-- or within a minute after it, gets that one, since each costs every provider a request.
CREATE TABLE provider_check (
    is_only    boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    expires_at timestamptz,                                 -- until when somebody waits for a look; null when nobody does
    claimed_by text,                                        -- the node that looks
    node       text,                                        -- the node that looked last
    checked_at timestamptz,
    providers  jsonb                                        -- what it saw
);

-- Whoever listens for lookups looks at providers, too.
CREATE TRIGGER announce_provider_check AFTER INSERT OR UPDATE OF expires_at ON provider_check
FOR EACH ROW WHEN (NEW.expires_at IS NOT NULL) EXECUTE FUNCTION announce_symbol_lookup();
