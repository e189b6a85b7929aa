-- What the service logged while it worked on a job, for whoever looks at the job. Written in batches, apart from the work.
CREATE TABLE enrichment_job_log (
    id                bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    enrichment_job_id bigint NOT NULL REFERENCES enrichment_jobs ON DELETE CASCADE,
    attempt           integer NOT NULL,
    node_id           text NOT NULL,
    logged_at         timestamptz NOT NULL,
    level             text NOT NULL CHECK (level IN ('debug', 'information', 'warning', 'error')),
    message           text NOT NULL,
    exception         text
);
CREATE INDEX enrichment_job_log_of_job ON enrichment_job_log (enrichment_job_id, id);
CREATE INDEX enrichment_job_log_age ON enrichment_job_log (logged_at);
