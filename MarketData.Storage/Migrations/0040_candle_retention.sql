-- Drops an interval's partitions that end before an instant and are empty. Readers and writers come first: a partition that somebody is busy
-- with, or whose parent is, stays until the next time.
CREATE FUNCTION drop_empty_candle_partitions(bar_interval text, range_before timestamptz) RETURNS integer
LANGUAGE plpgsql SET timezone = 'UTC' SET lock_timeout = '200ms' AS $$
DECLARE
    part     record;
    is_empty boolean;
    dropped  integer := 0;
BEGIN
    FOR part IN
        SELECT i.inhparent::regclass AS parent, i.inhrelid::regclass AS child
        FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent IN (to_regclass(format('%I', 'candles_' || bar_interval)), to_regclass(format('%I', 'candle_features_' || bar_interval)))
          AND substring(pg_get_expr(c.relpartbound, c.oid) FROM $bound$TO \('([^']+)'\)$bound$)::timestamptz <= range_before
    LOOP
        BEGIN
            EXECUTE format('LOCK TABLE ONLY %s IN ACCESS EXCLUSIVE MODE', part.parent);
            EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', part.child);
            EXECUTE format('SELECT NOT EXISTS (SELECT FROM %s)', part.child) INTO is_empty;
            IF is_empty THEN
                EXECUTE format('DROP TABLE %s', part.child);
                dropped := dropped + 1;
            END IF;
        EXCEPTION WHEN lock_not_available THEN
            NULL;
        END;
    END LOOP;
    RETURN dropped;
END $$;
