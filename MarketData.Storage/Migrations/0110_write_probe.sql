-- One row that services write every few seconds, to see whether the database takes writes. Half empty, so that a new version of the row fits
-- beside the old one.
CREATE TABLE write_probe (
    id         boolean PRIMARY KEY DEFAULT true CHECK (id),
    written_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 50);
INSERT INTO write_probe DEFAULT VALUES;
