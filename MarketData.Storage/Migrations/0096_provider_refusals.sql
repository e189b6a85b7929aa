-- A provider that turns the client away without saying for how long is left alone for ever longer, by all nodes, until it serves again.
ALTER TABLE provider_quota
    ADD COLUMN refusals   integer NOT NULL DEFAULT 0, -- in a row, those of requests under way at once counted as one
    ADD COLUMN refused_at timestamptz,                -- when the last of them was counted
    ADD COLUMN refusal    text;                       -- what it said
