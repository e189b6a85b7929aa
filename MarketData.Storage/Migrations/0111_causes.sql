-- Why an attempt failed, in a word, and the providers that gave nothing: so that fifteen symbols with one cause are told of once. While a job
-- is retrying, they are the providers that it waits for.
ALTER TABLE enrichment_jobs
    ADD COLUMN error_reason    text,
    ADD COLUMN error_providers text[];
ALTER TABLE symbol_status ADD COLUMN error_providers text[];

-- The providers in whose place another one answered.
ALTER TABLE enrichment_fetch_log ADD COLUMN instead_of text[];
CREATE INDEX enrichment_fetch_log_filled_in ON enrichment_fetch_log (created_at) WHERE instead_of IS NOT NULL;
