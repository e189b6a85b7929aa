-- What the API's searches and live views go by, each no larger than what it is asked for.

CREATE INDEX enrichment_jobs_failed ON enrichment_jobs (id) WHERE status = 'failed';
CREATE INDEX enrichment_jobs_cancelled ON enrichment_jobs (id) WHERE status = 'cancelled';
CREATE INDEX enrichment_jobs_retried ON enrichment_jobs (id) WHERE attempt > 1;
CREATE INDEX enrichment_jobs_worked ON enrichment_jobs (worked_ms);
CREATE INDEX gaps_detected ON gaps (detected_at);
CREATE INDEX data_quality_metrics_updated ON data_quality_metrics (updated_at);
CREATE INDEX events_by_transaction ON events (xid);
