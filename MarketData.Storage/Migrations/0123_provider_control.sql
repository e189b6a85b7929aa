-- Providers that a person has shut off: no node asks them for anything but a probe until somebody restores them.
CREATE TABLE provider_isolation (
    provider    text PRIMARY KEY,
    isolated_at timestamptz NOT NULL DEFAULT now(),
    isolated_by text,
    reason      text
);

-- What the Api has a node ask one provider, and what came of it. As with symbol_lookups rows live for seconds, and nothing of them needs to
-- outlive a crash.
CREATE UNLOGGED TABLE provider_probes (
    id         uuid PRIMARY KEY,
    provider   text NOT NULL,
    expires_at timestamptz NOT NULL,                        -- until when somebody waits for the answer
    claimed_by text,                                        -- the node that asks
    asked_at   timestamptz,
    answer     jsonb
);

-- Whoever listens for lookups probes providers, too.
CREATE TRIGGER announce_provider_probe AFTER INSERT ON provider_probes FOR EACH ROW EXECUTE FUNCTION announce_symbol_lookup();

-- Of those sent: no answer, a refusal, or an answer that does not read. That a symbol is unknown, or not in the key's plan, is an answer.
ALTER TABLE provider_requests ADD COLUMN failed bigint NOT NULL DEFAULT 0;
