-- A symbol that no provider knows any more is neither late nor in error: its history has ended.
ALTER TABLE symbol_status
    ADD COLUMN unknown_since timestamptz,          -- since when no provider knows it; null while one does
    DROP CONSTRAINT enrichment_status_status_check,
    DROP CONSTRAINT enrichment_status_health_check,
    ADD CONSTRAINT symbol_status_status_check CHECK (
        status IN ('pending', 'unverified', 'queued', 'running', 'retrying', 'healthy', 'warning', 'delisted', 'stale', 'error')),
    ADD CONSTRAINT symbol_status_health_check CHECK (health IN ('pending', 'unverified', 'healthy', 'warning', 'delisted', 'stale', 'error'));

-- A series of which nothing was ever expected is not complete.
UPDATE series SET completeness = NULL, quality_score = NULL WHERE expected_records = 0;
