-- What the cluster does by the clock. A node claims an instant by the row's lock and moves next_run on in the same transaction, so that each
-- instant is fired once, however many nodes there are and whichever of them die.
CREATE TABLE schedules (
    name       text PRIMARY KEY,
    expression text NOT NULL,                               -- cron with seconds, UTC
    next_run   timestamptz,                                 -- null: the expression has no further instant
    last_run   timestamptz                                  -- the instant that was fired last
);

-- Quartz kept the nightly schedule before. Its next instant is taken over, so that a night which passes while the nodes are replaced is made
-- up for; one that has had its run is not.
DO $$
BEGIN
    IF to_regclass('qrtz_cron_triggers') IS NOT NULL THEN
        INSERT INTO schedules (name, expression, next_run, last_run)
        SELECT 'nightly', t.cron_expression, s.next_run, s.last_run
        FROM qrtz_cron_triggers t, scheduler_state s
        WHERE t.sched_name = 'marketdata' AND t.trigger_name = 'nightly' AND (s.last_run IS NULL OR s.last_run < s.next_run);
    END IF;
END $$;

DROP TABLE IF EXISTS
    qrtz_blob_triggers, qrtz_calendars, qrtz_cron_triggers, qrtz_execution_history, qrtz_fired_triggers, qrtz_job_details, qrtz_job_status,
    qrtz_locks, qrtz_misfire_history, qrtz_paused_job_grps, qrtz_paused_trigger_grps, qrtz_scheduler_state, qrtz_simple_triggers,
    qrtz_simprop_triggers, qrtz_triggers;

-- The event says what it said: whether the cluster is paused, and when the next nightly run is due.
CREATE OR REPLACE FUNCTION on_scheduler_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM publish_event('scheduler', jsonb_build_object(
        'paused', s.paused, 'changed_at', s.changed_at, 'changed_by', s.changed_by,
        'next_run', (SELECT next_run FROM schedules WHERE name = 'nightly')))
    FROM scheduler_state s;
    RETURN NULL;
END $$;
DROP TRIGGER scheduler_changed ON scheduler_state;
CREATE TRIGGER scheduler_changed AFTER UPDATE ON scheduler_state FOR EACH ROW
    WHEN (OLD.paused IS DISTINCT FROM NEW.paused) EXECUTE FUNCTION on_scheduler_changed();
CREATE TRIGGER nightly_run_scheduled AFTER INSERT OR UPDATE OF next_run ON schedules FOR EACH ROW
    WHEN (NEW.name = 'nightly') EXECUTE FUNCTION on_scheduler_changed();

ALTER TABLE scheduler_state DROP COLUMN next_run, DROP COLUMN last_run;
