-- This script was number 0030, as 0030_provisional_candles.sql is. Databases that have it under that name run it once more under this one,
-- where it must change nothing.
-- The gauges ask every few seconds when a run last brought data.
CREATE INDEX IF NOT EXISTS enrichment_history_completed ON enrichment_history (completed_at) WHERE status IN ('completed', 'partial');
