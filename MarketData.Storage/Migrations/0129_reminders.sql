-- A rule may tell of what lasts again and again.
ALTER TABLE notification_rules ADD COLUMN remind_hours integer CHECK (remind_hours BETWEEN 1 AND 168);   -- null: once
ALTER TABLE notification_incidents ADD COLUMN reminded_at timestamptz;                                  -- when it was told of again, last
