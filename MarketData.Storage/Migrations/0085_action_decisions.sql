-- What a person decided of a report outranks what providers tell: confirmed, on its day or another, or withdrawn.
ALTER TABLE corporate_action_reports
    ADD COLUMN decision        text CHECK (decision IN ('confirmed', 'withdrawn')),
    ADD COLUMN decided_ex_date date,                 -- where the event belongs to another day than was told
    ADD COLUMN decided_by      text,                 -- null where everybody may act
    ADD COLUMN decided_at      timestamptz;

-- The few that wait for a person.
CREATE INDEX corporate_action_reports_waiting ON corporate_action_reports (symbol)
    WHERE state IN ('disputed', 'unconverted') AND withdrawn_at IS NULL AND decision IS NULL;
