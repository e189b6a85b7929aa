-- Who is told of what, what holds now, and what was told: see docs/notifications.md.
CREATE TABLE notification_receivers (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name       text NOT NULL,
    kind       text NOT NULL CHECK (kind IN ('webhook', 'slack', 'email')),
    address    text,                                        -- where messages are posted to; a secret, since it may be all that is needed to post there
    secret     text,                                        -- what messages to a webhook are signed with
    mailboxes  text[],
    is_enabled boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    updated_by text,
    CHECK ((kind = 'email') = (mailboxes IS NOT NULL)),
    CHECK ((kind = 'email') = (address IS NULL))
);
CREATE UNIQUE INDEX notification_receivers_by_name ON notification_receivers (lower(name));

CREATE TABLE notification_rules (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name          text NOT NULL,
    occasion      text NOT NULL CHECK (occasion IN (
        'run_failed', 'run_late', 'symbol_stale', 'circuit_open', 'action_disputed', 'quality_low', 'not_fresh')),
    watchlist     text REFERENCES watchlists,               -- null: every active symbol
    after_minutes integer NOT NULL DEFAULT 0,               -- how long it has to last before it is told
    minimum_score double precision,                         -- of quality_low
    due_by        text CHECK (due_by ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'),   -- of not_fresh: by the clock of zone
    zone          text,
    timeframe     text,
    is_enabled    boolean NOT NULL DEFAULT true,
    evaluated_at  timestamptz,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    updated_by    text,
    CHECK ((occasion = 'not_fresh') = (due_by IS NOT NULL AND zone IS NOT NULL AND timeframe IS NOT NULL)),
    CHECK ((occasion = 'quality_low') = (minimum_score IS NOT NULL))
);
CREATE UNIQUE INDEX notification_rules_by_name ON notification_rules (lower(name));
CREATE INDEX notification_rules_of_watchlist ON notification_rules (watchlist);

CREATE TABLE notification_rule_receivers (
    rule_id     bigint NOT NULL REFERENCES notification_rules ON DELETE CASCADE,
    receiver_id bigint NOT NULL REFERENCES notification_receivers ON DELETE CASCADE,
    PRIMARY KEY (rule_id, receiver_id)
);
CREATE INDEX notification_rule_receivers_of_receiver ON notification_rule_receivers (receiver_id);

-- What a rule is about and holds of, such as a stale symbol: told once when it begins, and once when it is over.
CREATE TABLE notification_incidents (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    rule_id       bigint NOT NULL REFERENCES notification_rules ON DELETE CASCADE,
    subject       text NOT NULL,
    label         text NOT NULL,
    detail        text,
    since         timestamptz NOT NULL,
    told_at       timestamptz,                              -- null: it has not lasted long enough, or waits for others to be told with
    resolved_at   timestamptz,
    end_told_at   timestamptz,
    CHECK (resolved_at IS NULL OR told_at IS NOT NULL)      -- what was never told is forgotten when it is over
);
CREATE UNIQUE INDEX notification_incidents_open ON notification_incidents (rule_id, subject) WHERE resolved_at IS NULL;
CREATE INDEX notification_incidents_end_untold ON notification_incidents (rule_id) WHERE resolved_at IS NOT NULL AND end_told_at IS NULL;
CREATE INDEX notification_incidents_resolved ON notification_incidents (resolved_at) WHERE resolved_at IS NOT NULL;

CREATE TABLE notification_messages (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    rule_id    bigint REFERENCES notification_rules ON DELETE SET NULL,
    rule_name  text,
    occasion   text,
    status     text NOT NULL CHECK (status IN ('firing', 'resolved', 'test')),
    title      text NOT NULL,
    body       text NOT NULL,
    subjects   jsonb NOT NULL DEFAULT '[]',                 -- the first of those that it tells of
    total      integer NOT NULL DEFAULT 0,                  -- how many it tells of
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX notification_messages_of_rule ON notification_messages (rule_id, status, created_at DESC);
CREATE INDEX notification_messages_age ON notification_messages (created_at);

-- The outbox: written with the incidents that it tells of, in one transaction.
CREATE TABLE notification_deliveries (
    id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    message_id       bigint NOT NULL REFERENCES notification_messages ON DELETE CASCADE,
    rule_id          bigint,                                -- messages of one rule reach a receiver in their order
    receiver_id      bigint REFERENCES notification_receivers ON DELETE SET NULL,
    receiver_name    text NOT NULL,
    receiver_kind    text NOT NULL,
    status           text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'delivered', 'failed', 'dropped')),
    attempts         integer NOT NULL DEFAULT 0,            -- attempts begun
    due_at           timestamptz NOT NULL DEFAULT now(),
    lease_expires_at timestamptz,                           -- until when the node that sends it has it to itself
    created_at       timestamptz NOT NULL DEFAULT now(),
    completed_at     timestamptz,
    error            text,
    CHECK ((completed_at IS NULL) = (status = 'pending'))
);
CREATE INDEX notification_deliveries_pending ON notification_deliveries (due_at, id) WHERE status = 'pending';
CREATE INDEX notification_deliveries_in_order ON notification_deliveries (receiver_id, rule_id, id) WHERE status = 'pending';
CREATE INDEX notification_deliveries_of_message ON notification_deliveries (message_id);
CREATE INDEX notification_deliveries_of_receiver ON notification_deliveries (receiver_id, id DESC);

CREATE TABLE notification_attempts (
    delivery_id bigint NOT NULL REFERENCES notification_deliveries ON DELETE CASCADE,
    attempt     integer NOT NULL,
    node_id     text NOT NULL,
    started_at  timestamptz NOT NULL DEFAULT now(),
    ended_at    timestamptz,                                -- null: under way, or its node was lost
    outcome     text CHECK (outcome IN ('delivered', 'retried', 'failed')),
    error       text,
    PRIMARY KEY (delivery_id, attempt)
);

CREATE FUNCTION announce_notifications() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NOTIFY marketdata_notifications;
    RETURN NULL;
END $$;
CREATE TRIGGER announce_notifications AFTER INSERT ON notification_deliveries FOR EACH STATEMENT EXECUTE FUNCTION announce_notifications();
CREATE TRIGGER announce_repeated_notification AFTER UPDATE OF due_at ON notification_deliveries FOR EACH ROW
    WHEN (OLD.status <> 'pending' AND NEW.status = 'pending') EXECUTE FUNCTION announce_notifications();
