-- The gauges ask every few seconds when a run last brought data.
CREATE INDEX enrichment_history_completed ON enrichment_history (completed_at) WHERE status IN ('completed', 'partial');
