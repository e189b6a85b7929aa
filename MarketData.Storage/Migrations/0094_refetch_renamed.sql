-- A backfill may be asked for because what a provider gave of the range was another company's: it called the symbol otherwise then.
ALTER TABLE backfill_state ADD COLUMN distrusts text;       -- whose candles give way to any other; null: nobody's

-- What was stored before a change of ticker was known came under the wrong name. It is asked for again by the next run, splits and
-- dividends with it.
WITH wrong AS (
    SELECT s.symbol, s.timeframe, a.provider,
           greatest(s.first_ts, a.valid_from::timestamp AT TIME ZONE 'UTC') AS start,
           least(s.last_ts + interval '1 microsecond', (a.valid_to + 1)::timestamp AT TIME ZONE 'UTC') AS finish
    FROM (
        SELECT symbol, provider, provider_symbol, valid_to,
               -- The first name that a provider's own record has holds for the days before, too.
               CASE WHEN source = 'ticker_events' AND valid_from = min(valid_from) OVER (PARTITION BY symbol, provider, source)
                   THEN NULL ELSE valid_from END AS valid_from
        FROM instrument_aliases) a
    JOIN series s USING (symbol) JOIN symbols y USING (symbol)
    WHERE a.provider_symbol NOT IN (y.symbol, replace(y.symbol, '.', '-')) AND s.first_ts IS NOT NULL
      AND (s.timeframe <> '1w' OR y.asset_class = 'crypto')),
marked AS (
    INSERT INTO backfill_state AS b (symbol, timeframe, start_date, end_date, status, distrusts)
    SELECT DISTINCT ON (symbol, timeframe, start, finish) symbol, timeframe, start, finish, 'running', provider FROM wrong WHERE start < finish
    ON CONFLICT (symbol, timeframe, start_date, end_date) DO UPDATE SET
        status = 'running', last_successful_date = NULL, job_id = NULL, distrusts = excluded.distrusts, updated_at = now()
    RETURNING symbol)
UPDATE symbols SET actions_checked_at = NULL WHERE symbol IN (SELECT symbol FROM marked);
