-- Jobs of a span of time are searched for among years of them.
CREATE INDEX enrichment_jobs_queued ON enrichment_jobs (queued_at);
