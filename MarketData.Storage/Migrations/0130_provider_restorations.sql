-- When a person last had a provider asked again: each node closes its circuit then, also one that opened by itself.
CREATE TABLE provider_restorations (
    provider    text PRIMARY KEY,
    restored_at timestamptz NOT NULL,
    restored_by text
);
