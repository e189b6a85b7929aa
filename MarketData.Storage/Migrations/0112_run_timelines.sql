-- What a run was asked for, as it was asked: its jobs do not tell whether all symbols were meant, nor which were in hand in other runs.
-- {"all_symbols","asset_class","timeframes","from","to","joined"}; null for runs of before.
ALTER TABLE enrichment_history ADD COLUMN asked jsonb;

-- A person cancelled this one job: it ends before its next step, where one whose run was cancelled finishes.
ALTER TABLE enrichment_jobs ADD COLUMN stop_requested boolean NOT NULL DEFAULT false;

DROP TRIGGER job_changed ON enrichment_jobs;
CREATE TRIGGER job_changed AFTER UPDATE ON enrichment_jobs FOR EACH ROW
    WHEN (OLD.status IS DISTINCT FROM NEW.status OR OLD.step IS DISTINCT FROM NEW.step
       OR OLD.step_timeframe IS DISTINCT FROM NEW.step_timeframe OR OLD.attempt IS DISTINCT FROM NEW.attempt
       OR OLD.cancel_requested IS DISTINCT FROM NEW.cancel_requested)
    EXECUTE FUNCTION on_job_changed();
