-- From here on candles are to be had again: they are a stand-in's because the first provider did not answer, or lack a part.
ALTER TABLE series ADD COLUMN provisional_from timestamptz;
