-- Drops one of an interval's partitions that end before an instant and are empty, and says whether there was one: one a transaction, so that
-- its parent is locked for a moment only. Readers and writers come first: while somebody is busy with one, it and those after it stay.
CREATE FUNCTION drop_empty_candle_partition(bar_interval text, range_before timestamptz) RETURNS boolean
LANGUAGE plpgsql SET timezone = 'UTC' SET lock_timeout = '200ms' AS $$
DECLARE
    part     record;
    is_empty boolean;
BEGIN
    FOR part IN
        SELECT i.inhparent::regclass AS parent, i.inhrelid::regclass AS child
        FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent IN (to_regclass(format('%I', 'candles_' || bar_interval)), to_regclass(format('%I', 'candle_features_' || bar_interval)))
          AND substring(pg_get_expr(c.relpartbound, c.oid) FROM $bound$TO \('([^']+)'\)$bound$)::timestamptz <= range_before
        ORDER BY 2
    LOOP
        EXECUTE format('SELECT NOT EXISTS (SELECT FROM %s)', part.child) INTO is_empty;
        CONTINUE WHEN NOT is_empty;
        EXECUTE format('LOCK TABLE ONLY %s IN ACCESS EXCLUSIVE MODE', part.parent);
        EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', part.child);
        EXECUTE format('SELECT NOT EXISTS (SELECT FROM %s)', part.child) INTO is_empty;
        IF is_empty THEN
            EXECUTE format('DROP TABLE %s', part.child);
        END IF;
        RETURN is_empty;
    END LOOP;
    RETURN false;
EXCEPTION WHEN lock_not_available THEN
    RETURN false;
END $$;
