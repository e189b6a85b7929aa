-- Since when a job has waited for providers whose circuits are open without having tried anything: such a wait ends too.
ALTER TABLE enrichment_jobs ADD COLUMN waiting_since timestamptz;

-- Which claim an attempt was made under: so a node whose connection broke while it ended one learns whether that was done.
ALTER TABLE enrichment_job_attempts ADD COLUMN fence bigint;
