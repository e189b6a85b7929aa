-- The newest candles of all symbols are looked through for the few that have an action as new as they are.
CREATE INDEX corporate_actions_by_ex_date ON corporate_actions (ex_date);
